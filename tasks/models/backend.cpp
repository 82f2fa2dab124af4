#include "tasks/models/backend.hpp"

#include <array>

#include "common/assert.hpp"
#include "tasks/models/cpu_backend.hpp"

namespace scanyard::models {
namespace {

using Table = std::array<Backend*, static_cast<std::size_t>(c10::COMPILE_TIME_MAX_DEVICE_TYPES)>;

Table& table() {
  static CpuBackend cpu;
  static Table backends = [] {
    Table fresh{};
    fresh[static_cast<std::size_t>(c10::DeviceType::CPU)] = &cpu;
    return fresh;
  }();
  return backends;
}

}  // namespace

Backend& backend_for(c10::DeviceType device) {
  Backend* const backend = table()[static_cast<std::size_t>(device)];
  SCANYARD_ASSERT(backend != nullptr, "the device's plugin is loaded before tensors live on it");
  return *backend;
}

void register_backend(c10::DeviceType device, Backend& backend) {
  table()[static_cast<std::size_t>(device)] = &backend;
}

}  // namespace scanyard::models
