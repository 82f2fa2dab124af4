# Writes OUTPUT (common/build_info.cpp) from VERSION, the commit of SOURCE_DIR and BUILD_TYPE; leaves it alone when nothing
# changed, so that only a new commit costs a new link. Run at every build (cmake -P).
set(commit "no commit")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} rev-parse --short=10 HEAD
    OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit ${head})
    execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} diff --quiet HEAD -- RESULT_VARIABLE changed ERROR_QUIET)
    if(changed)
      string(APPEND commit "+")
    endif()
  endif()
endif()
set(text "// Written by cmake/WriteBuildInfo.cmake.
#include \"common/build_info.hpp\"

namespace scanyard {

std::string_view version_text() { return \"${VERSION}\"; }
std::string_view build_text() { return \"${VERSION} (${commit}, ${BUILD_TYPE})\"; }

}  // namespace scanyard
")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
