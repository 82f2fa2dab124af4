# LibTorch from the unpacked wheel as own IMPORTED targets: find_package(Torch) would overwrite the CUDA
# architectures and search for a CUDA toolkit of its own, which a CPU build does not have.
if(DEFINED ENV{SCANYARD_CACHE})
  set(_cache $ENV{SCANYARD_CACHE})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(_cache $ENV{XDG_CACHE_HOME}/scanyard)
else()
  set(_cache $ENV{HOME}/.cache/scanyard)
endif()
set(SCANYARD_CACHE_DIR ${_cache} CACHE PATH "Where scripts/setup.sh unpacks wheels")
set(SCANYARD_LIBTORCH ${SCANYARD_CACHE_DIR}/libtorch-2.11.0 CACHE PATH "Folder that holds torch/ and nvidia/")
set(_lib ${SCANYARD_LIBTORCH}/torch/lib)
set(_inc ${SCANYARD_LIBTORCH}/torch/include)
if(NOT EXISTS ${_lib}/libtorch_cpu.so)
  message(FATAL_ERROR "LibTorch is not in ${SCANYARD_LIBTORCH}. Run scripts/setup.sh, or configure with -DSCANYARD_TORCH=OFF")
endif()

add_library(torch_c10 SHARED IMPORTED GLOBAL)
set_target_properties(torch_c10 PROPERTIES IMPORTED_LOCATION ${_lib}/libc10.so)
add_library(torch_cpu SHARED IMPORTED GLOBAL)
set_target_properties(torch_cpu PROPERTIES IMPORTED_LOCATION ${_lib}/libtorch_cpu.so)
# The OpenMP runtime that LibTorch brings: two of them in one process would be two thread pools.
add_library(torch_gomp SHARED IMPORTED GLOBAL)
set_target_properties(torch_gomp PROPERTIES IMPORTED_LOCATION ${_lib}/libgomp.so.1)
# libtorch_cpu.so itself needs libcupti and libcudart even on a machine without a GPU; the wheels carry them.
set(_cuda_runtime ${SCANYARD_LIBTORCH}/nvidia/cu13/lib)
add_library(deps_torch INTERFACE)
add_library(deps::torch ALIAS deps_torch)
# LibTorch's headers bring their own fmt, another version than the library that the project links:
# a link to the project's own comes before it.
find_path(SCANYARD_FMT_INCLUDE fmt/format.h REQUIRED)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/before_torch)
file(CREATE_LINK ${SCANYARD_FMT_INCLUDE}/fmt ${CMAKE_BINARY_DIR}/before_torch/fmt SYMBOLIC)
target_include_directories(deps_torch SYSTEM INTERFACE
  ${CMAKE_BINARY_DIR}/before_torch ${_inc} ${_inc}/torch/csrc/api/include)
target_link_libraries(deps_torch INTERFACE torch_cpu torch_c10 torch_gomp)
target_link_options(deps_torch INTERFACE -Wl,--allow-shlib-undefined
  -Wl,-rpath,${_lib} -Wl,-rpath,${_cuda_runtime} -Wl,--disable-new-dtags)
