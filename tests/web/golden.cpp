#include "tests/web/golden.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

namespace scanyard::web {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// "line 12: expected ..., got ..." of the first difference.
std::string first_difference(const std::string& expected, const std::string& got) {
  std::istringstream left(expected), right(got);
  std::string a, b;
  for (int line = 1;; ++line) {
    const bool more_left = static_cast<bool>(std::getline(left, a));
    const bool more_right = static_cast<bool>(std::getline(right, b));
    if (!more_left && !more_right) return "only the last newline differs";
    if (more_left != more_right || a != b) {
      return fmt::format("line {}\nexpected: {}\n     got: {}", line,
                         more_left ? a : "(end of file)", more_right ? b : "(end of file)");
    }
  }
}

}  // namespace

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(SCANYARD_SOURCE_DIR) + "/tests/web/golden/" + name;
  const char* update = std::getenv("SCANYARD_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  const auto expected = read_file(path);
  INFO("golden file " << name << "; SCANYARD_UPDATE_GOLDEN=1 test_web writes it anew");
  REQUIRE(expected.has_value());
  if (*expected != text) FAIL_CHECK(first_difference(*expected, text));
  CHECK(expected->size() == text.size());
}

}  // namespace scanyard::web
