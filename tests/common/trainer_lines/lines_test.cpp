#include "common/trainer_lines/lines.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

using namespace scanyard;
using namespace scanyard::trainer_lines;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

RunId run(std::uint8_t n) {
  RunId id;
  id.bytes.fill(n);
  return id;
}

EpochPoint point() { return {3, 471, 1.0 / 3.0, 0.9375, 0.95, 1.0625e-7}; }

RunOutcome outcome() {
  RunOutcome outcome;
  outcome.solved = true;
  outcome.epochs_done = 7;
  outcome.steps_done = 1099;
  outcome.at_lowest_perplexity = point();
  outcome.at_last = EpochPoint{7, 1099, 0.1, 1, 1, 1e300};
  outcome.train_s = 12.25;
  outcome.pack_size = 6;
  outcome.device = "cpu: a \"quoted\" name, 2 threads";
  outcome.build = "0.1.0+abc";
  return outcome;
}

template <class T>
T command_back(const Command& command) {
  const auto line = to_line(command);
  CHECK(line.find('\n') == std::string::npos);
  auto parsed = parse_command(line);
  INFO(line);
  REQUIRE(parsed);
  REQUIRE(std::holds_alternative<T>(*parsed));
  return std::get<T>(*parsed);
}

template <class T>
T event_back(const Event& event) {
  const auto line = to_line(event);
  CHECK(nlohmann::json::accept(line));
  auto parsed = parse_event(line);
  INFO(line);
  REQUIRE(parsed);
  REQUIRE(std::holds_alternative<T>(*parsed));
  return std::get<T>(*parsed);
}

std::string why_no_command(std::string_view line) {
  const auto parsed = parse_command(line);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code().text == "trainer_lines.bad_line");
  return parsed.error().message();
}

}  // namespace

TEST_CASE("every command survives the way through its line") {
  const auto start = command_back<Start>(
      Start{R"({"m":2,"model":"bdlru"})", {{run(1), R"({"lr":0.001,"seed":4})", "/tmp/a b"}, {run(2), "{}", ""}}});
  CHECK(start.shape_json == R"({"m":2,"model":"bdlru"})");
  REQUIRE(start.replicas.size() == 2);
  CHECK(start.replicas[0].run == run(1));
  CHECK(start.replicas[0].values_json == R"({"lr":0.001,"seed":4})");
  CHECK(start.replicas[0].resume == "/tmp/a b");
  CHECK(start.replicas[1].resume.empty());
  CHECK(command_back<Add>(Add{{{run(3), R"({"lr":1e-05})", ""}}}).replicas[0].values_json == R"({"lr":1e-05})");
  CHECK(command_back<Stop>(Stop{{run(1), run(9)}}).runs == std::vector{run(1), run(9)});
  CHECK(command_back<Checkpoint>(Checkpoint{"/a/\"b\"\n"}).folder == "/a/\"b\"\n");
  command_back<Quit>(Quit{});
}

TEST_CASE("every event survives the way through its line") {
  const auto ready = event_back<Ready>(Ready{version, "cpu", "AMD EPYC", "0.1.0"});
  CHECK(ready.version == version);
  CHECK(ready.device == "cpu");
  CHECK(ready.device_name == "AMD EPYC");
  CHECK(ready.build == "0.1.0");
  CHECK(event_back<Started>(Started{6}).replicas == 6);
  CHECK(event_back<Alive>(Alive{std::int64_t{1} << 60}).steps_done == std::int64_t{1} << 60);
  const auto epoch = event_back<trainer_lines::Epoch>(trainer_lines::Epoch{run(7), point()});
  CHECK(epoch.run == run(7));
  CHECK(epoch.point == point());
  const auto saved = event_back<Checkpointed>(Checkpointed{run(1), "/tmp/c.safetensors", 12});
  CHECK(saved.path == "/tmp/c.safetensors");
  CHECK(saved.epoch == 12);
  const auto finished = event_back<Finished>(Finished{run(2), outcome()});
  CHECK(finished.run == run(2));
  CHECK(finished.outcome == outcome());
  const auto failed = event_back<Failed>(Failed{run(1), "trainer.bad_shape", "m must be at least 1"});
  CHECK(failed.reason == "trainer.bad_shape");
  CHECK(failed.message == "m must be at least 1");
  CHECK(event_back<Stopped>(Stopped{run(4)}).run == run(4));
  event_back<Idle>(Idle{});
}

TEST_CASE("a number that is not finite is written as text and read back") {
  auto bad = point();
  bad.train_loss = not_a_number;
  bad.test_accuracy = infinity;
  bad.test_perplexity = -infinity;
  const auto back = event_back<trainer_lines::Epoch>(trainer_lines::Epoch{run(1), bad}).point;
  CHECK(std::isnan(back.train_loss));
  CHECK(back.test_accuracy == infinity);
  CHECK(back.test_perplexity == -infinity);
}

TEST_CASE("bytes that are no UTF-8 never make an invalid line") {
  CHECK(event_back<Failed>(Failed{run(1), "x", "bad \xff\xfe name"}).message.starts_with("bad "));
}

TEST_CASE("a shape that is no JSON reaches the trainer as text that it can refuse") {
  CHECK(command_back<Start>(Start{"{not json", {}}).shape_json == R"("{not json")");
}

TEST_CASE("unknown members are ignored") {
  CHECK(parse_command(R"({"type":"quit","why":["later"],"version":9})"));
  CHECK(parse_event(R"({"type":"alive","steps_done":3,"watts":250.5})"));
}

TEST_CASE("a bad line says what is wrong and shows its start") {
  CHECK(why_no_command("") == "not a trainer command: no valid JSON: ");
  CHECK(why_no_command("hello") == "not a trainer command: no valid JSON: hello");
  CHECK(why_no_command("[1]") == "not a trainer command: the line is not a JSON object: [1]");
  CHECK(why_no_command("{}") == "not a trainer command: 'type' is missing: {}");
  CHECK(why_no_command(R"({"type":7})") == R"(not a trainer command: 'type' must be a text: {"type":7})");
  CHECK(why_no_command(R"({"type":"alive"})") == R"(not a trainer command: unknown type: {"type":"alive"})");
  CHECK(why_no_command(R"({"type":"add","replicas":[{"run":"ab","values":{}}]})")
            .starts_with("not a trainer command: 'replicas[0].run' must hold run ids of 32 hexadecimal digits"));
  CHECK(why_no_command(R"({"type":"stop","runs":"x"})").starts_with("not a trainer command: 'runs' must be a list"));
  CHECK(why_no_command(R"({"type":"start","replicas":[]})").starts_with("not a trainer command: 'shape' is missing"));
  CHECK(why_no_command("\x01\x02{").ends_with("??{"));
  CHECK(why_no_command("{\"a\":\"" + std::string(1000, 'x')).size() < 200);
}

TEST_CASE("numbers of the wrong kind or range are refused") {
  for (const char* value : {"-1", "1.5", "\"3\"", "null", "1e3", "18446744073709551615"}) {
    CAPTURE(value);
    CHECK_FALSE(parse_event(std::string(R"({"type":"alive","steps_done":)") + value + "}"));
  }
  CHECK_FALSE(parse_event(R"({"type":"started","replicas":2147483648})"));
  CHECK_FALSE(parse_event(R"({"type":"finished","run":"00000000000000000000000000000001","outcome":{}})"));
  CHECK_FALSE(parse_event(R"({"type":"alive","steps_done":NaN})"));
}

TEST_CASE("a hostile line is refused before it can do harm") {
  CHECK(why_no_command(std::string(100000, '[')).find("nested deeper than 64") != std::string::npos);
  const std::string deep = R"({"type":"quit","x":)" + std::string(2000, '[') + std::string(2000, ']') + "}";
  CHECK(why_no_command(deep).find("nested deeper than 64") != std::string::npos);
  CHECK(why_no_command(std::string(line_bytes_max + 1, ' ')).find("longer than 4194304 bytes") != std::string::npos);
}
