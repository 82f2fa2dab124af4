//! The documents agree with the tree: tests and files that they name exist.
#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>

namespace scanyard::tidy {
namespace {

namespace fs = std::filesystem;

const fs::path root = SCANYARD_SOURCE_DIR;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A test that a document names.
struct Named {
  std::string section, file, test;
};

/// What stands in lines such as: - `tests/a_test.cpp`: "one test", "another". A section is a line
/// that begins with ###.
std::vector<Named> named_tests(const std::string& document) {
  static const std::regex file(R"(^- `(tests/[^`]+)`:)");
  static const std::regex quoted("\"([^\"]+)\"");
  std::vector<Named> named;
  std::istringstream in(document);
  std::string section;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("##")) section = line.starts_with("### ") ? line.substr(4) : "";
    std::smatch place;
    if (!std::regex_search(line, place, file)) continue;
    for (std::sregex_iterator at(line.begin(), line.end(), quoted), end; at != end; ++at)
      named.push_back({section, place[1], (*at)[1]});
  }
  return named;
}

/// The names of a file's tests; a name that is broken over lines is put together.
bool has_test(const std::string& code, const std::string& name) {
  static const std::regex broken("\"\\s*\\n\\s*\"");
  static const std::regex wrapped("TEST_CASE\\(\\s+\"");
  const std::string whole = std::regex_replace(std::regex_replace(code, broken, ""), wrapped, "TEST_CASE(\"");
  return whole.find("TEST_CASE(\"" + name + "\"") != std::string::npos;
}

std::vector<fs::path> documents() {
  std::vector<fs::path> found{root / "README.md"};
  for (const char* folder : {"docs", "deploy", "sweeps", "common", "coordinator", "tasks", "tests", "web", "worker"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() == ".md") found.push_back(entry.path());
    }
  }
  return found;
}

TEST_CASE("every test that docs/promises.md names exists") {
  const auto named = named_tests(read_file(root / "docs/promises.md"));
  CHECK(named.size() > 100);
  std::map<std::string, std::string> files;
  for (const auto& one : named) {
    auto [file, fresh] = files.try_emplace(one.file);
    if (fresh) file->second = read_file(root / one.file);
    if (file->second.empty()) {
      FAIL_CHECK(fmt::format("docs/promises.md names {}, which does not exist", one.file));
    } else if (!has_test(file->second, one.test)) {
      FAIL_CHECK(fmt::format("docs/promises.md names \"{}\", which is not in {}", one.test, one.file));
    }
  }
}

TEST_CASE("every promise and every kind of bad input has a test") {
  const std::string text = read_file(root / "docs/promises.md");
  const auto named = named_tests(text);
  std::istringstream in(text);
  std::size_t sections = 0;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("### ")) continue;
    ++sections;
    const auto here = [&](const Named& one) { return one.section == line.substr(4); };
    if (std::none_of(named.begin(), named.end(), here)) FAIL_CHECK("no test shows: " << line.substr(4));
  }
  CHECK(sections >= 20);
  // The promises of docs/architecture.md, each by its number.
  for (int number = 1; number <= 8; ++number) {
    CAPTURE(number);
    CHECK(text.find(fmt::format("\n### {}. ", number)) != std::string::npos);
    CHECK(read_file(root / "docs/architecture.md").find(fmt::format("\n{}. ", number)) != std::string::npos);
  }
}

TEST_CASE("a test that is named and missing would be noticed") {
  const auto named = named_tests("### 1. x\n- `tests/a_test.cpp`: \"one\", \"two\"\ntests/b.cpp: \"three\"\n");
  REQUIRE(named.size() == 2);
  CHECK(named[1].section == "1. x");
  CHECK(named[1].file == "tests/a_test.cpp");
  CHECK(has_test("TEST_CASE(\n    \"one \"\n    \"more\", \"[ci]\")", "one more"));
  CHECK_FALSE(has_test("TEST_CASE(\"one more\")", "one"));
}

TEST_CASE("every file of the tree that a document names exists") {
  static const std::regex path(
      R"((^|[^A-Za-z0-9_./-])((docs|tests|sweeps|scripts|deploy|migrations|common|coordinator|kernels|tasks|)"
      R"(web|worker)/[A-Za-z0-9_./-]+\.(md|hpp|cpp|cu|yaml|sh|sql|csv|json|py|service|svg))\b)");
  std::size_t seen = 0;
  for (const auto& document : documents()) {
    const std::string text = read_file(document);
    for (std::sregex_iterator at(text.begin(), text.end(), path), end; at != end; ++at) {
      const std::string name = (*at)[2];
      ++seen;
      if (fs::exists(root / name) || fs::exists(document.parent_path() / name)) continue;
      FAIL_CHECK(fmt::format("{} names {}, which does not exist",
                             fs::relative(document, root).generic_string(), name));
    }
  }
  CHECK(seen > 20);
}

}  // namespace
}  // namespace scanyard::tidy
