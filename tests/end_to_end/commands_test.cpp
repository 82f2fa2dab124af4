//! The command line as a person uses it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "coordinator/service/cli/commands.hpp"
#include "tests/end_to_end/yard.hpp"

namespace scanyard::end_to_end {
namespace {

using Json = nlohmann::json;

/// "key add" as two arguments.
std::vector<std::string> words_of(const std::string& name) {
  const auto space = name.find(' ');
  if (space == std::string::npos) return {name};
  return {name.substr(0, space), name.substr(space + 1)};
}

/// Options such as --json that a text names.
std::set<std::string> options_in(const std::string& text) {
  static const std::regex option("--[a-z][a-z-]*");
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), option), end; at != end; ++at)
    found.insert(at->str());
  return found;
}

/// A section of docs/cli.md, up to the next heading.
std::string manual_of(const std::string& heading) {
  std::ifstream in(std::string(SCANYARD_SOURCE_DIR) + "/docs/cli.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto start = text.find("\n" + heading + "\n");
  if (start == std::string::npos) return {};
  return text.substr(start, text.find("\n#", start + heading.size() + 1) - start);
}

std::size_t longest_line(const std::string& text) {
  std::istringstream in(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(in, line);)
    longest = std::max(longest, line.size());
  return longest;
}

TEST_CASE("every command has help with an example, and docs/cli.md has all its options", "[ci]") {
  Yard yard;
  for (const auto& command : service::cli::all_commands()) {
    auto words = words_of(command->name());
    words.push_back("--help");
    const auto help = yard.must(words);
    CAPTURE(command->name());
    const auto examples = help.find("Examples:\n  scanyard " + command->name());
    REQUIRE(examples != std::string::npos);
    CHECK(longest_line(help.substr(0, examples)) <= 80);
    const std::string section = manual_of("### scanyard " + command->name());
    for (const auto& option : options_in(help.substr(0, examples))) {
      CAPTURE(option);
      CHECK((option == "--help" || section.find(option) != std::string::npos));
    }
  }
  const auto help = yard.must({"--help"});
  CHECK(longest_line(help) <= 80);
  CHECK(yard.must({"--version"}).starts_with("scanyard 0."));
}

std::string help_of(const std::string& program) {
  const testing::TemporaryFolder folder;
  service::SpawnOptions options;
  options.program = std::string(SCANYARD_BIN_DIR "/") + program;
  options.arguments = {"--help"};
  options.output = folder.path() / "help";
  auto child = service::ChildProcess::spawn(options);
  REQUIRE(child);
  REQUIRE(child->wait(patience));
  std::ifstream in(options.output);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("docs/cli.md has all options of the worker and of the trainer", "[ci]") {
  std::vector<std::string> programs = {"scanyard-worker"};
#ifdef SCANYARD_HAS_TRAINER
  programs.emplace_back("scanyard-train");
#endif
  for (const auto& program : programs) {
    const auto options = options_in(help_of(program));
    const std::string section = manual_of("## " + program);
    CHECK(options.size() > 5);
    for (const auto& option : options) {
      CAPTURE(program, option);
      CHECK((option == "--help" || section.find(option) != std::string::npos));
    }
  }
}

TEST_CASE("a misspelt command or option is a line with a hint and exit code 2", "[ci]") {
  Yard yard;
  const auto command = yard.scanyard({"statsu"});
  CHECK(command.code == 2);
  CHECK(command.err == "scanyard: 'statsu' is no command; did you mean 'scanyard status'?\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "a command is missing; see scanyard --help"},
      {{"key", "ad"}, "'ad' is no command of scanyard key; see scanyard key --help"},
      {{"key"}, "a command is missing; see scanyard key --help"},
      {{"status", "--jsno"}, "there is no option '--jsno'; did you mean --json? See scanyard status --help"},
      {{"status", "1", "2"}, "'2' is one argument too many; see scanyard status --help"},
      {{"cancel", "1"}, "--reason is missing; see scanyard cancel --help"},
      {{"key", "add"}, "name is missing; see scanyard key add --help"},
      {{"priority", "1", "x"},
       "priority: 'x' is no whole number from -1000000 to 1000000; see scanyard priority --help"},
      {{"key", "add", "a", "--role", "boss"},
       "--role: 'boss' is not possible; valid here: worker, client; see scanyard key add --help"}};
  for (const auto& [words, message] : cases) {
    const auto ran = yard.scanyard(words);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err == "scanyard: " + message + "\n");
  }
}

TEST_CASE("a sweep from file to table, each step as JSON", "[ci]") {
  Yard yard;
  const auto spec = yard.write("tiny.yaml", small_spec("tiny", 1)).string();
  auto plan = Json::parse(yard.must({"plan", spec, "--json"}));
  CHECK(plan["total"]["runs"] == 6);
  CHECK(plan["total"]["new"] == 6);
  yard.start_coordinator();
  yard.start_worker();
  const auto submitted = Json::parse(yard.must({"submit", spec, "--json", "--timeout", "30"}));
  CHECK(submitted["new"] == 6);
  const auto watched = yard.scanyard({"watch", "tiny"});
  CHECK(watched.code == 0);
  CHECK(watched.out.find("tiny: 100 %, 6/6 done") != std::string::npos);
  const auto ended = Json::parse(yard.must({"watch", "tiny", "--json"}));
  CHECK(ended["ended"] == true);
  CHECK(ended["runs"]["finished"] == 6);
  const auto table = Json::parse(yard.must({"results", "tiny", "--json"}));
  CHECK(table["cells"].size() == 3);
  plan = Json::parse(yard.must({"plan", spec, "--json"}));
  CHECK(plan["total"]["done"] == 6);
  CHECK(plan["done_in"][0]["name"] == "tiny");
  CHECK(plan["total"]["slot_s"].is_number());
  const auto list = yard.must({"plan", spec, "--list"});
  const auto explained = Json::parse(yard.must({"explain", list.substr(0, 12), "--json"}));
  CHECK(explained["explanation"]["state"] == "finished");
  CHECK(explained["run"]["attempts"].size() == 1);
  const auto workers = Json::parse(yard.must({"workers", "--json"}));
  CHECK(workers["workers"][0]["state"] == "connected");
  CHECK(Json::parse(yard.must({"key", "list", "--json"}))["keys"].size() == 2);
  // The same sweep again: nothing is trained twice.
  const auto again = Json::parse(yard.must({"submit", spec, "--json"}));
  CHECK(again["new"] == 0);
  CHECK(again["done"] == 6);
  CHECK(yard.scanyard({"watch", "2"}).code == 0);
}

TEST_CASE("a plan asks a coordinator over the wire when a join file is named", "[ci]") {
  Yard yard;
  yard.start_coordinator();
  const auto spec = yard.write("tiny.yaml", small_spec("tiny", 1)).string();
  yard.must({"submit", spec, "--timeout", "30"});
  const auto plan =
      Json::parse(yard.must({"plan", spec, "--json", "--join", yard.home.client_join().string()}));
  CHECK(plan["total"]["open"] == 6);
  CHECK(plan["known_from"].get<std::string>().starts_with("tcp://"));
}

TEST_CASE("a failing engine ends in failed runs, which a retry opens again", "[ci]") {
  YardOptions options;
  options.settings = "retries: {attempts_max: 1}";
  Yard yard(options);
  yard.start_coordinator();
  // The fake trainer has no such program beside it: the worker gives back what it gets, and explain
  // says why.
  const auto spec = yard.write("tiny.yaml", small_spec("tiny", 1)).string();
  yard.must({"submit", spec, "--timeout", "30"});
  const auto run = yard.must({"plan", spec, "--list"}).substr(0, 12);
  const auto explained = Json::parse(yard.must({"explain", run, "--json"}));
  CHECK(explained["explanation"]["reasons"][0]["code"] == "waiting.no_worker");
  CHECK(yard.must({"cancel", "tiny", "--reason", "a test"}).find("6 open runs") !=
        std::string::npos);
  CHECK(yard.scanyard({"watch", "tiny"}).code == 10);
  CHECK(yard.scanyard({"cancel", "tiny", "--reason", "again"}).code == 6);
  CHECK(yard.must({"retry", "--run", run, "--state", "cancelled"}).find("1 run of sweep 1") !=
        std::string::npos);
  CHECK(yard.must({"retry", "tiny", "--state", "cancelled"}).find("open again") !=
        std::string::npos);
  yard.start_worker();
  CHECK(yard.scanyard({"watch", "tiny"}).code == 0);
}

TEST_CASE("a spec with an error names file and line, and nothing is submitted", "[ci]") {
  Yard yard;
  yard.start_coordinator();
  const auto spec = yard.write("bad.yaml", "name: bad\nfixd: {m: 1}\n").string();
  for (const char* command : {"plan", "submit"}) {
    const auto ran = yard.scanyard({command, spec, "--timeout", "30"});
    CHECK(ran.code == 3);
    CHECK(ran.err.find("bad.yaml:2: ") != std::string::npos);
    CHECK(ran.err.find("fixed") != std::string::npos);
  }
  CHECK(Json::parse(yard.must({"status", "--json"}))["sweeps"].empty());
}

}  // namespace
}  // namespace scanyard::end_to_end
