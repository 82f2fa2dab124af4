//! The seam between scanyard-train, which links LibTorch's CPU libraries only, and
//! libscanyard_cuda.so, which brings the GPU: loaded before the first torch call, because torch
//! looks for its CUDA hooks once.
#pragma once

#include <cstdint>
#include <string>

#include "common/error.hpp"

namespace scanyard::models {
class Backend;
}

namespace scanyard::training {

/// Rises with every change of this struct or of models::Backend; a plugin of another version is
/// refused.
inline constexpr int gpu_plugin_version = 1;

/// What the plugin's one symbol, `scanyard_gpu_plugin`, returns.
struct GpuPlugin {
  int version;
  /// Makes the GPU current and describes it; not 0 = it cannot be used, why is in `message`.
  int (*select_device)(int index, char* name, int name_bytes, long long* memory_bytes,
                       char* message, int message_bytes);
  models::Backend* (*backend)();
};

struct GpuInfo {
  std::string name;
  std::int64_t memory_bytes = 0;
};

namespace errc {
inline constexpr ErrorCode no_gpu_plugin{"trainer.no_gpu_plugin"};
inline constexpr ErrorCode no_gpu{"trainer.no_gpu"};
}  // namespace errc

/// Largest index that is asked for; LibTorch counts devices in eight bits.
inline constexpr int gpu_index_max = 63;

/// Loads libscanyard_cuda.so from beside this program, selects GPU `index` and registers its
/// backend. Must be called before any torch call of the process. Errors: trainer.no_gpu_plugin (not
/// built, does not load, other version), trainer.no_gpu (no driver or too old a one, no such
/// device, no code for its architecture).
Result<GpuInfo> load_gpu(int index);

}  // namespace scanyard::training
