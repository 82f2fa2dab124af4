//! What holds of every command of `scanyard`: an example, a place in docs/cli.md.
#include "coordinator/service/cli/commands.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

namespace scanyard::service::cli {
namespace {

namespace fs = std::filesystem;

const fs::path root = SCANYARD_SOURCE_DIR;

std::string manual() {
  std::ifstream in(root / "docs/cli.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

TEST_CASE("every command has a summary of one line and examples of itself") {
  std::set<std::string> names;
  for (const auto& command : all_commands()) {
    CAPTURE(command->name());
    CHECK(names.insert(command->name()).second);
    CHECK_FALSE(command->summary().empty());
    CHECK(lines_of(command->summary()).size() == 1);
    const auto examples = lines_of(command->examples());
    REQUIRE_FALSE(examples.empty());
    CHECK(examples.front().starts_with("scanyard " + command->name()));
  }
  CHECK(names.size() >= 20);
}

TEST_CASE("files that an example reads are in the clone") {
  static const std::regex spec(R"(sweeps/[a-z0-9_]+\.yaml)");
  std::size_t seen = 0;
  for (const auto& command : all_commands()) {
    const std::string examples = command->examples();
    for (std::sregex_iterator at(examples.begin(), examples.end(), spec), end; at != end; ++at) {
      CAPTURE(command->name(), at->str());
      CHECK(fs::exists(root / at->str()));
      ++seen;
    }
  }
  CHECK(seen > 0);
}

TEST_CASE("every command has a section in docs/cli.md") {
  const std::string text = manual();
  for (const auto& command : all_commands()) {
    CAPTURE(command->name());
    CHECK(text.find("\n### scanyard " + command->name() + "\n") != std::string::npos);
  }
  for (const char* program : {"scanyard-worker", "scanyard-train", "scanyard-golden"}) {
    CAPTURE(program);
    CHECK(text.find("\n## " + std::string(program) + "\n") != std::string::npos);
  }
}

TEST_CASE("docs/cli.md lists every exit code") {
  const std::string text = manual();
  for (const ExitCode code :
       {ExitCode::ok, ExitCode::failed, ExitCode::usage, ExitCode::bad_input, ExitCode::not_found,
        ExitCode::unreachable, ExitCode::refused, ExitCode::database, ExitCode::keys,
        ExitCode::address_in_use, ExitCode::incomplete, ExitCode::interrupted}) {
    const std::string row = "\n| " + std::to_string(static_cast<int>(code)) + " | ";
    CAPTURE(row);
    CHECK(text.find(row) != std::string::npos);
  }
}

}  // namespace
}  // namespace scanyard::service::cli
