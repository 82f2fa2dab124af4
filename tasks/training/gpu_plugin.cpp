#include "tasks/training/gpu_plugin.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "tasks/models/backend.hpp"

namespace scanyard::training {
namespace {

/// Beside the program, wherever it was copied to.
std::string plugin_path() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  return (failed ? std::filesystem::path(".") : program.parent_path()) / "libscanyard_cuda.so";
}

}  // namespace

Result<GpuInfo> load_gpu(int index) {
  const std::string path = plugin_path();
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    return fail(errc::no_gpu_plugin,
                fmt::format("cannot load the GPU plugin {}: {}. {}", path, dlerror(),
                            std::filesystem::exists(path)
                                ? "It needs all libraries of PyTorch's GPU build on this machine"
                                : "It is built where a CUDA compiler is found (scripts/setup.sh "
                                  "--cuda)"));
  }
  const auto entry =
      reinterpret_cast<const GpuPlugin* (*)()>(dlsym(library, "scanyard_gpu_plugin"));
  const GpuPlugin* const plugin = entry ? entry() : nullptr;
  if (!plugin || plugin->version != gpu_plugin_version) {
    return fail(errc::no_gpu_plugin,
                fmt::format("{} has plugin version {}, this program needs {}: build both together",
                            path, plugin ? plugin->version : 0, gpu_plugin_version));
  }
  char name[256], message[256];
  long long memory_bytes = 0;
  if (plugin->select_device(index, name, sizeof name, &memory_bytes, message, sizeof message) !=
      0) {
    return fail(errc::no_gpu, fmt::format("GPU cuda:{} cannot be used: {}", index, message));
  }
  models::register_backend(c10::DeviceType::CUDA, *plugin->backend());
  return GpuInfo{name, memory_bytes};
}

}  // namespace scanyard::training
