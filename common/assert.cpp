#include "common/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace scanyard {

void assertion_failed(const char* condition, const char* file, int line, const char* why) {
  std::fprintf(stderr, "scanyard: assertion failed at %s:%d: %s (%s)\n", file, line, why,
               condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace scanyard
