#include "common/yaml/strict.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/yaml/errc.hpp"

namespace scanyard::yaml {
namespace {

struct Slot {
  std::string device = "cpu";
  std::int32_t threads = 1;
};

struct Config {
  std::int32_t port = 7480;
  std::string bind = "127.0.0.1";
  std::string log = "info";
  Duration lease{30'000};
  std::optional<double> rate;
  std::vector<std::string> allow;
  std::vector<Slot> slots;
};

Result<Config> read_config(std::string_view text) {
  auto document = parse(text, "c.yaml");
  if (!document) return propagate(document);
  Config config;
  Mapping root(*document);
  root.optional("port", config.port, {1, 65535});
  root.optional("bind", config.bind);
  root.choice("log", config.log, {"debug", "info", "warning"});
  root.optional("rate", config.rate);
  root.optional("allow", config.allow);
  root.section("leases", [&](Mapping& leases) { leases.optional("length", config.lease); });
  root.list("slots", [&](Mapping& slot) {
    Slot one;
    slot.required("device", one.device);
    slot.optional("threads", one.threads);
    config.slots.push_back(one);
  });
  if (auto done = root.finish(); !done) return propagate(done);
  return config;
}

std::string message_of(std::string_view text) {
  return read_config(text).error().to_string();
}

TEST_CASE("what is not given keeps its default") {
  for (const char* text : {"", "# nothing\n", "port: 7480\n"}) {
    const auto config = read_config(text);
    REQUIRE(config);
    CHECK(config->port == 7480);
    CHECK(config->lease == Duration{30'000});
    CHECK_FALSE(config->rate);
  }
}

TEST_CASE("what is given is read, in sections and lists too") {
  const auto config = read_config(
      "port: 80\nrate: 2.5\nallow: [a, b]\nleases: {length: 5 s}\n"
      "slots:\n  - device: cuda:0\n  - {device: cpu, threads: 2}\n");
  REQUIRE(config);
  CHECK(config->port == 80);
  CHECK(config->rate == 2.5);
  CHECK(config->allow == std::vector<std::string>{"a", "b"});
  CHECK(config->lease == Duration{5000});
  REQUIRE(config->slots.size() == 2);
  CHECK(config->slots[1].threads == 2);
}

TEST_CASE("an unknown key is an error with its line and the nearest valid key") {
  CHECK(message_of("bind: x\nprot: 80\n") == "c.yaml:2: unknown key 'prot'; did you mean 'port'?");
  CHECK(message_of("leases:\n  lenght: 5 s\n") ==
        "c.yaml:2: unknown key 'lenght' under 'leases'; did you mean 'length'?");
  CHECK(message_of("slots:\n  - device: cpu\n    cores: 2\n") ==
        "c.yaml:3: unknown key 'cores' under 'slots[0]'; valid here: device, threads");
  CHECK(read_config("prot: 80\n").error().code() == errc::unknown_key);
}

TEST_CASE("of several errors the first in the file is reported") {
  CHECK(message_of("leases:\n  lenght: 5 s\nport: x\n").starts_with("c.yaml:2:"));
  CHECK(message_of("port: x\nleases:\n  lenght: 5 s\n").starts_with("c.yaml:1:"));
  CHECK(message_of("leases:\n  length: 5 s\n  more: 1\nport: x\n").starts_with("c.yaml:3:"));
}

TEST_CASE("numbers outside their limits are refused") {
  CHECK(message_of("port: 0\n") == "c.yaml:1: 'port' must be from 1 to 65535, not '0'");
  CHECK(read_config("port: 70000\n").error().code() == errc::out_of_range);
}

TEST_CASE("a choice that does not exist is refused with the nearest one") {
  CHECK(message_of("log: inof\n") == "c.yaml:1: 'log' cannot be 'inof'; did you mean 'info'?");
}

TEST_CASE("a missing key of a list's item names the item") {
  CHECK(message_of("slots:\n  - threads: 2\n") == "c.yaml:2: 'slots[0].device' is missing");
}

TEST_CASE("lists, mappings and scalars in each other's place are refused") {
  CHECK(message_of("[a]\n") == "c.yaml:1: the file must be a mapping (key: value), not a list");
  CHECK(message_of("leases: 5\n") == "c.yaml:1: 'leases' must be a mapping (key: value), not '5'");
  CHECK(message_of("slots: {a: 1}\n") ==
        "c.yaml:1: 'slots' must be a list, such as [a, b], not a mapping");
  CHECK(message_of("allow: a\n") == "c.yaml:1: 'allow' must be a list, such as [a, b], not 'a'");
  CHECK(message_of("port:\n") == "c.yaml:1: 'port' must be a whole number, not nothing");
}

}  // namespace
}  // namespace scanyard::yaml
