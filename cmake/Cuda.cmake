# The GPU plugin is built where a CUDA compiler (a toolkit, or scripts/setup.sh --cuda) and LibTorch's GPU libraries are
# there; otherwise it is left out, said once. Sets SCANYARD_HAVE_CUDA.
set(SCANYARD_HAVE_CUDA OFF)
if(NOT SCANYARD_CUDA OR NOT SCANYARD_TORCH)
  return()
endif()
set(_how "scripts/setup.sh --cuda brings it")
find_program(SCANYARD_NVCC nvcc
  HINTS /usr/local/cuda/bin ${SCANYARD_CACHE_DIR}/cuda-13.0/nvidia/cu13/bin)
if(NOT SCANYARD_NVCC)
  message(STATUS "The GPU plugin is left out: no CUDA compiler found (${_how})")
  return()
endif()
if(NOT EXISTS ${SCANYARD_LIBTORCH}/torch/lib/libtorch_cuda.so)
  message(STATUS "The GPU plugin is left out: LibTorch's GPU libraries are not unpacked (${_how})")
  return()
endif()

# 'native' fails where there is no GPU. Real code for Hopper, virtual code that runs on Ampere and newer.
set(SCANYARD_CUDA_ARCHITECTURES "80-virtual;90a-real" CACHE STRING "GPU architectures of the plugin")
set(CMAKE_CUDA_COMPILER ${SCANYARD_NVCC})
set(CMAKE_CUDA_ARCHITECTURES ${SCANYARD_CUDA_ARCHITECTURES})
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_EXTENSIONS OFF)
set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)  # the same runtime as torch's, or pointers of one are unknown to the other
enable_language(CUDA)

get_filename_component(_toolkit ${SCANYARD_NVCC} DIRECTORY)
get_filename_component(_toolkit ${_toolkit} DIRECTORY)
set(SCANYARD_CUDA_TOOLKIT ${_toolkit})
# Headers only: the runtime and cuBLASLt are the ones that LibTorch's GPU libraries bring into the process.
add_library(deps_cuda INTERFACE)
add_library(deps::cuda ALIAS deps_cuda)
target_include_directories(deps_cuda SYSTEM INTERFACE ${_toolkit}/include)
add_library(torch_cuda SHARED IMPORTED GLOBAL)
set_target_properties(torch_cuda PROPERTIES IMPORTED_LOCATION ${SCANYARD_LIBTORCH}/torch/lib/libtorch_cuda.so)
add_library(torch_c10_cuda SHARED IMPORTED GLOBAL)
set_target_properties(torch_c10_cuda PROPERTIES IMPORTED_LOCATION ${SCANYARD_LIBTORCH}/torch/lib/libc10_cuda.so)
add_library(deps_torch_cuda INTERFACE)
add_library(deps::torch_cuda ALIAS deps_torch_cuda)
target_link_libraries(deps_torch_cuda INTERFACE deps_cuda)
# torch finds its GPU code through static initialisers of libtorch_cuda.so, which the linker would drop as unused.
target_link_libraries(deps_torch_cuda INTERFACE -Wl,--no-as-needed torch_cuda torch_c10_cuda -Wl,--as-needed)
target_link_options(deps_torch_cuda INTERFACE -Wl,--allow-shlib-undefined)

# A program of kernels without torch that runs on any machine with a driver: CUDA's runtime and the C++ library inside.
function(scanyard_runs_alone name)
  target_include_directories(${name} SYSTEM PRIVATE ${SCANYARD_CUDA_TOOLKIT}/include)
  set_target_properties(${name} PROPERTIES CUDA_RUNTIME_LIBRARY Static LINKER_LANGUAGE CUDA)
  target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
endfunction()
set(SCANYARD_HAVE_CUDA ON)
message(STATUS "The GPU plugin is built with ${SCANYARD_NVCC} for ${SCANYARD_CUDA_ARCHITECTURES}")
