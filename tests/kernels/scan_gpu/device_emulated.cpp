#include <cstdlib>
#include <cstring>

#include "tests/kernels/scan_gpu/device.hpp"

namespace scanyard::kernels::test {

DeviceState device_state() {
  return {true, "emulated lanes"};
}

DeviceBytes::DeviceBytes(std::size_t count) : size_(count) {
  data_ = static_cast<char*>(std::aligned_alloc(256, (count + 256) / 256 * 256));
}

DeviceBytes::~DeviceBytes() {
  std::free(data_);
}

void copy_to_device(char* to, const void* from, std::size_t count) {
  std::memcpy(to, from, count);
}

void copy_from_device(void* to, const char* from, std::size_t count) {
  std::memcpy(to, from, count);
}

std::string finish_device() {
  return "";
}

}  // namespace scanyard::kernels::test
