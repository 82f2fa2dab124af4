# Compiler, warnings, linker, ccache and output folders: what every target of the project shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# Programs that deploy/bundle.sh copied to another machine find the libraries that travelled with them.
set(CMAKE_BUILD_RPATH "$ORIGIN/lib")

add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wno-missing-field-initializers>")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>")  # doubts every moved std::variant
endif()
# Programmer errors are checked by SCANYARD_ASSERT, which stays on in release; NDEBUG only silences the libraries.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

if(SCANYARD_SANITIZE)
  # Unoptimised: the checks of a file take GCC 12 three times as long to optimise as the tests gain by it.
  add_compile_options(-fsanitize=${SCANYARD_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SCANYARD_SANITIZE})
endif()

find_program(SCANYARD_CCACHE ccache)
if(SCANYARD_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SCANYARD_CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${SCANYARD_CCACHE})
endif()
find_program(SCANYARD_MOLD mold)
if(SCANYARD_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# A file that includes torch needs about 2 GB to compile: never more than two of them at once.
set_property(GLOBAL PROPERTY JOB_POOLS torch=2)
