#include "tasks/training/trainer/device.hpp"

#include <fmt/format.h>

#include <fstream>

#include "tasks/training/errc.hpp"

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
  if (text.starts_with("cuda")) {
    return fail(errc::no_device,
                fmt::format("device '{}' needs the GPU plugin, which this build does not have; "
                            "'cpu' is there",
                            text));
  }
  return fail(errc::no_device, fmt::format("'{}' is no device; 'cpu' or 'cuda:N' is", text));
}

}  // namespace scanyard::training
