# scanyard_library(NAME SOURCES ... DEPENDS ... [LIBRARIES ...])
#   a static library of one folder. DEPENDS: folders' libraries (the arrows of docs/architecture.md);
#   LIBRARIES: deps::NAME targets.
# scanyard_program(NAME SOURCES ... DEPENDS ... [LIBRARIES ...])   a program in build/<preset>/bin
# scanyard_test(NAME SOURCES ... DEPENDS ... [LIBRARIES ...])      a Catch2 program, registered once per tier:
#   quick = no tag, ci = [ci], long = [long] (run: ctest -L quick)
function(_scanyard_common name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(${name} PUBLIC ${A_DEPENDS} ${A_LIBRARIES})
endfunction()

function(scanyard_library name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  _scanyard_common(${name} ${ARGN})
endfunction()

function(scanyard_program name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  _scanyard_common(${name} ${ARGN})
endfunction()

function(scanyard_test name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  _scanyard_common(${name} ${ARGN})
  target_link_libraries(${name} PUBLIC deps::catch2)
  target_compile_definitions(${name} PRIVATE SCANYARD_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SCANYARD_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  foreach(tier quick ci long)
    if(tier STREQUAL quick)
      set(filter "~[ci]~[long]~[!benchmark]")
    else()
      set(filter "[${tier}]")
    endif()
    add_test(NAME ${name}.${tier} COMMAND ${name} ${filter} --allow-running-no-tests --order rand --warn NoAssertions)
    set_tests_properties(${name}.${tier} PROPERTIES LABELS ${tier} TIMEOUT 1200)
  endforeach()
endfunction()

# Files that include LibTorch's headers: a job pool keeps memory in bounds. Include what is used
# (ATen/core/Tensor.h, ATen/ops/NAME.h: 6 s a file), not torch/torch.h (25 s). OpenMP because the
# loops of ATen/Parallel.h are compiled here; the library is the one that LibTorch brings.
function(scanyard_uses_torch name)
  target_link_libraries(${name} PUBLIC deps::torch)
  target_compile_options(${name} PRIVATE -fopenmp)
  set_target_properties(${name} PROPERTIES JOB_POOL_COMPILE torch)
endfunction()

# Adds every direct subfolder that has a CMakeLists.txt, in alphabetical order.
macro(scanyard_add_subfolders)
  file(GLOB _lists RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS */CMakeLists.txt)
  foreach(_list ${_lists})
    get_filename_component(_folder ${_list} DIRECTORY)
    add_subdirectory(${_folder})
  endforeach()
endmacro()

# scanyard_benchmark(NAME SOURCES ... DEPENDS ... [LIBRARIES ...] [ARGUMENTS ...])
#   a program that prints a table of numbers; `cmake --build build/release --target bench` runs them all in turn.
function(scanyard_benchmark name)
  cmake_parse_arguments(B "" "" "SOURCES;DEPENDS;LIBRARIES;ARGUMENTS" ${ARGN})
  add_executable(${name} ${B_SOURCES})
  _scanyard_common(${name} ${ARGN})
  target_compile_definitions(${name} PRIVATE SCANYARD_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SCANYARD_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  set_property(GLOBAL APPEND PROPERTY SCANYARD_BENCH_COMMANDS COMMAND ${name} ${B_ARGUMENTS})
  set_property(GLOBAL APPEND PROPERTY SCANYARD_BENCH_PROGRAMS ${name})
endfunction()
