//! The GPUs that a worker's trainers can use. Asked of the trainer itself, which alone knows whether
//! its build, the driver and a GPU fit together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"

namespace scanyard::worker {

struct GpuDevice {
  std::string device;       ///< "cuda:0", as the trainer's --device wants it
  std::string device_name;  ///< "NVIDIA H100 80GB HBM3"
  std::int64_t memory_bytes = 0;
};

/// "auto", "cpu", "cuda", or GPUs by name with commas between.
bool is_device_choice(std::string_view choice);

/// Reads the lines that `scanyard-train --list-gpus` prints. Errors: worker.no_gpu.
Result<std::vector<GpuDevice>> parse_gpus(std::string_view lines);

/// The GPUs of `choice`, in its order; of a list, each must be there. Errors: worker.no_gpu.
Result<std::vector<GpuDevice>> chosen_gpus(std::string_view choice,
                                           const std::vector<GpuDevice>& found);

/// The GPUs to work on by the configured choice; none = work on the CPU. Starts `train_program`
/// with --list-gpus and waits for it, at most two minutes; "auto" does so only where the system has
/// an NVIDIA device. Errors: worker.no_gpu with what the trainer said.
Result<std::vector<GpuDevice>> find_gpus(const std::string& choice,
                                         const std::string& train_program);

}  // namespace scanyard::worker
