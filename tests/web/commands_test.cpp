#include "web/commands.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdio>
#include <filesystem>

namespace scanyard::web {
namespace {

/// What a shell makes of `printf %s WORD`.
std::string through_shell(const std::string& word) {
  FILE* pipe = popen(("printf %s " + word).c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 256> buffer;
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.append(buffer.data(), n);
  pclose(pipe);
  return output;
}

TEST_CASE("a quoted word comes through a shell unchanged") {
  for (const std::string text : {"", "plain", "it's", "'", "''", "$(id) `id` $HOME \\ \" ! * ; | &",
                                 "line\nbreak", R"({"lr":0.001})"}) {
    CHECK(through_shell(shell_quoted(text)) == text);
  }
}

TEST_CASE("the command that repeats a run holds its shape and replica as two words") {
  CHECK(repeat_command(R"({"m":1})", R"({"seed":1})") ==
        R"(scanyard-train --shape '{"m":1}' --replica '{"seed":1}')");
}

TEST_CASE("commands name the join file, the run and the sweep") {
  const RunId run = RunId::parse("0123456789abcdef0123456789abcdef").value();
  CHECK(worker_command("/srv/a/join/worker.yaml") ==
        "scanyard-worker --join /srv/a/join/worker.yaml");
  CHECK(worker_command("my lab/join/worker.yaml") ==
        "scanyard-worker --join 'my lab/join/worker.yaml'");
  CHECK(worker_command("") == "scanyard-worker --join join/worker.yaml");
  CHECK(explain_command(run) == "scanyard explain 0123456789");
  CHECK(retry_command(run).find("0123456789") != std::string::npos);
  CHECK(retry_sweep_command(SweepId{7}).find(" 7 ") != std::string::npos);
}

TEST_CASE("the sweep that an empty page suggests is one that the project has") {
  for (const auto& command : {plan_command(), submit_command()}) {
    const std::string file = command.substr(command.rfind(' ') + 1);
    CHECK(std::filesystem::exists(std::string(SCANYARD_SOURCE_DIR) + "/" + file));
  }
}

}  // namespace
}  // namespace scanyard::web
