//! Rules of style that a machine can check: lengths, tabs, forbidden constructs, a README in every
//! folder.
#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/tidy/source_tree.hpp"

namespace scanyard::tidy {
namespace {

/// Code points, not bytes: comments may hold a Greek letter.
std::size_t columns(const std::string& line) {
  std::size_t count = 0;
  for (const unsigned char c : line)
    count += (c & 0xC0) != 0x80;
  return count;
}

bool is_cpp(const std::string& path) {
  return path.ends_with(".cpp") || path.ends_with(".hpp") || path.ends_with(".cu") ||
         path.ends_with(".cuh");
}

TEST_CASE("no line is longer than 120 columns and no file longer than 500 lines") {
  for (const auto& file : read_source_tree(SCANYARD_SOURCE_DIR)) {
    if (file.lines.size() > 500)
      FAIL_CHECK(fmt::format("{} has {} lines", file.path, file.lines.size()));
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (columns(file.lines[i]) > 120) {
        FAIL_CHECK(fmt::format("{}:{} has {} columns", file.path, i + 1, columns(file.lines[i])));
      }
    }
  }
  SUCCEED();
}

TEST_CASE("no tabs, no trailing blanks, no swallowed exceptions, no naked randomness") {
  static const std::regex swallowed(R"(catch\s*\(\.\.\.\)\s*\{\s*\})");
  static const std::regex naked_random(R"(\b(std::rand|srand|std::random_device)\b)");
  for (const auto& file : read_source_tree(SCANYARD_SOURCE_DIR)) {
    if (!is_cpp(file.path) || file.path.starts_with("tests/tidy/")) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      const std::string place = fmt::format("{}:{}: ", file.path, i + 1);
      if (line.find('\t') != std::string::npos) FAIL_CHECK(place << "a tab");
      if (!line.empty() && line.back() == ' ') FAIL_CHECK(place << "a trailing blank");
      if (std::regex_search(line, swallowed)) FAIL_CHECK(place << "a swallowed exception");
      if (std::regex_search(line, naked_random))
        FAIL_CHECK(place << "randomness that has no seed of ours");
    }
  }
  SUCCEED();
}

TEST_CASE("core folders never ask a clock, a random source or the outside world") {
  static const std::regex outside(
      R"(#include <(chrono|ctime|random|fstream|filesystem|thread|mutex|unistd\.h|)"
      R"(sys/.*|zmq.*|spdlog.*|boost.*|SQLite.*)>)");
  for (const auto& file : read_source_tree(SCANYARD_SOURCE_DIR)) {
    if (!file.path.starts_with("coordinator/core/") && !file.path.starts_with("worker/core/"))
      continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(file.lines[i], outside)) {
        FAIL_CHECK(fmt::format("{}:{}: {}", file.path, i + 1, file.lines[i]));
      }
    }
  }
  SUCCEED();
}

TEST_CASE("every folder of the tree has a README of at most 40 lines") {
  namespace fs = std::filesystem;
  const fs::path root = SCANYARD_SOURCE_DIR;
  for (const char* folder :
       {"common", "common/net", "common/protocol", "common/spec", "common/tables", "common/yaml",
        "coordinator", "coordinator/core", "coordinator/service", "coordinator/service/cli",
        "coordinator/store", "deploy", "docs", "kernels", "migrations", "sweeps", "tasks",
        "tasks/catalog", "tasks/cuda", "tasks/data", "tasks/models", "tasks/training", "tests",
        "tests/browser", "tests/end_to_end", "tests/fuzz", "tests/simulation", "tests/tidy", "web",
        "worker", "worker/agent", "worker/core"}) {
    const fs::path readme = root / folder / "README.md";
    if (!fs::exists(readme)) {
      FAIL_CHECK(readme.string() << " is missing");
      continue;
    }
    std::ifstream in(readme);
    const auto lines = std::count(std::istreambuf_iterator<char>(in), {}, '\n');
    if (lines > 40) FAIL_CHECK(fmt::format("{}/README.md has {} lines", folder, lines));
  }
  SUCCEED();
}

}  // namespace
}  // namespace scanyard::tidy
