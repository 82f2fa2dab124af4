//! libFuzzer target: any bytes as a sweep file. An expansion or an error with its place; never a crash, a leak or
//! more memory than the limits allow.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/spec/expand.hpp"
#include "tasks/catalog/vocabulary.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scanyard;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto expansion =
      spec::expand(text, "f.yaml", catalog::vocabulary(), {.runs_max = 2000, .combinations_max = 5000});
  if (!expansion && !expansion.error().to_string().starts_with("f.yaml:")) std::abort();
  if (expansion && expansion->runs.empty()) std::abort();
  return 0;
}
