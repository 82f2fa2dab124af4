#include "tasks/training/trainer/device.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "tasks/models/backend.hpp"
#include "tasks/training/errc.hpp"
#include "tasks/training/gpu_plugin.hpp"

namespace scanyard::training {
namespace {

/// "AMD EPYC 9V74 80-Core Processor", or the architecture where Linux does not say.
std::string cpu_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    const auto start = line.find_first_not_of(" \t", line.find(':') + 1);
    if (start != std::string::npos) return line.substr(start);
  }
  return "unknown CPU";
}

/// N of "cuda:N", 0 of "cuda".
std::optional<int> gpu_index(const std::string& text) {
  if (text == "cuda") return 0;
  constexpr std::string_view prefix = "cuda:";
  if (!text.starts_with(prefix)) return std::nullopt;
  int index = -1;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + prefix.size(), end, index);
  if (error != std::errc() || rest != end || index < 0 || index > gpu_index_max)
    return std::nullopt;
  return index;
}

}  // namespace

Result<TrainingDevice> find_device(const std::string& text, int threads) {
  if (text == "cpu") {
    const std::string name = cpu_name();
    return TrainingDevice{
        .options = at::TensorOptions().dtype(at::kFloat).device(at::kCPU),
        .id = "cpu",
        .name = name,
        .description = fmt::format("cpu: {}, {} thread{}", name, threads, threads == 1 ? "" : "s")};
  }
  const auto index = gpu_index(text);
  if (!index)
    return fail(errc::no_device, fmt::format("'{}' is no device; 'cpu' or 'cuda:N' is", text));
  auto gpu = load_gpu(*index);
  if (!gpu) return propagate(gpu);
  const auto place = static_cast<c10::DeviceIndex>(*index);
  return TrainingDevice{
      .options = at::TensorOptions().dtype(at::kFloat).device(at::Device(at::kCUDA, place)),
      .id = fmt::format("cuda:{}", *index),
      .name = gpu->name,
      .description = fmt::format("cuda: {}", gpu->name)};
}

bool works(const TrainingDevice& device) {
  try {
    models::backend_for(device.options.device().type()).synchronize();
    return true;
  } catch (const std::exception&) {  // what is wrong was said by the operation that failed first
    return false;
  }
}

Result<std::string> list_gpus() {
  std::string lines;
  for (int index = 0;; ++index) {
    auto gpu = load_gpu(index);
    if (!gpu && index == 0) return propagate(gpu);
    if (!gpu) return lines;
    lines += nlohmann::json{{"device", fmt::format("cuda:{}", index)},
                            {"device_name", gpu->name},
                            {"memory_bytes", gpu->memory_bytes}}
                 .dump() +
             "\n";
  }
}

}  // namespace scanyard::training
