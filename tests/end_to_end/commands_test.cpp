//! The command line as a person uses it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/end_to_end/yard.hpp"

namespace scanyard::end_to_end {
namespace {

using Json = nlohmann::json;

const std::vector<std::vector<std::string>> commands = {
    {"cancel"},     {"demo"},        {"drain"},         {"explain"}, {"init"},
    {"key", "add"}, {"key", "list"}, {"key", "remove"}, {"pause"},   {"plan"},
    {"priority"},   {"results"},     {"resume"},        {"retry"},   {"schema"},
    {"serve"},      {"status"},      {"submit"},        {"watch"},   {"workers"}};

TEST_CASE("every command has help with an example", "[ci]") {
  Yard yard;
  for (auto command : commands) {
    command.push_back("--help");
    const auto help = yard.must(command);
    CAPTURE(command[0]);
    CHECK(help.find("Examples:\n  scanyard ") != std::string::npos);
  }
  CHECK(yard.must({"--version"}).starts_with("scanyard 0."));
}

TEST_CASE("a misspelt command or option is a line with a hint and exit code 2", "[ci]") {
  Yard yard;
  const auto command = yard.scanyard({"statsu"});
  CHECK(command.code == 2);
  CHECK(command.err == "scanyard: 'statsu' is no command; did you mean 'scanyard status'?\n");
  CHECK(yard.scanyard({}).code == 2);
  CHECK(yard.scanyard({"status", "--jsno"}).code == 2);
  CHECK(yard.scanyard({"cancel", "1"}).code == 2);
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
  CHECK(yard.must({"retry", "--run", run, "--state", "cancelled"}).find("1 runs") !=
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
