#include "common/protocol/codec.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "common/protocol/errc.hpp"
#include "common/protocol/limits.hpp"
#include "tests/common/protocol/message_builders.hpp"

namespace scanyard::protocol {
namespace {

using nlohmann::json;
using testing::finished_report;
using testing::point;

std::string cbor(const json& value) {
  const auto bytes = json::to_cbor(value);
  return {bytes.begin(), bytes.end()};
}

json body_of(const WorkerMessage& message) {
  return json::from_cbor(encode(message, 1).body);
}

/// The bytes say the same as the message when writing what was read gives the same bytes.
TEST_CASE("every worker message survives the trip through its bytes") {
  for (const auto& message : testing::every_worker_message()) {
    const Frames frames = encode(message, 42);
    const auto header = decode_header(frames.header);
    REQUIRE(header);
    CHECK(header->kind == kind_of(message));
    CHECK(header->sequence == 42);
    const auto back = decode_worker_message(header->kind, frames.body);
    INFO(to_text(header->kind));
    REQUIRE(back);
    CHECK(back->index() == message.index());
    CHECK(encode(*back, 42).body == frames.body);
  }
}

TEST_CASE("every coordinator message survives the trip through its bytes") {
  for (const auto& message : testing::every_coordinator_message()) {
    const Frames frames = encode(message, 7);
    const auto back = decode_coordinator_message(decode_header(frames.header)->kind, frames.body);
    INFO(to_text(kind_of(message)));
    REQUIRE(back);
    CHECK(encode(*back, 7).body == frames.body);
  }
}

TEST_CASE("the members of a report arrive unchanged") {
  const AttemptReport sent = finished_report();
  const auto back = decode_report(encode_report(sent));
  REQUIRE(back);
  CHECK(back->run == sent.run);
  CHECK(back->token == sent.token);
  CHECK(back->end == sent.end);
  CHECK(back->started == sent.started);
  CHECK(back->ended == sent.ended);
  CHECK(back->slot == sent.slot);
  CHECK(back->curve == sent.curve);
  CHECK(back->outcome == sent.outcome);
}

TEST_CASE("a point that is not a number arrives as one, so that nobody takes it for a zero") {
  AttemptReport report = finished_report();
  report.curve[0].train_loss = std::numeric_limits<double>::quiet_NaN();
  report.curve[1].train_loss = std::numeric_limits<double>::infinity();
  const auto back = decode_report(encode_report(report));
  REQUIRE(back);
  CHECK(std::isnan(back->curve[0].train_loss));
  CHECK(std::isinf(back->curve[1].train_loss));
}

TEST_CASE("bodies are plain CBOR that any other library reads and writes") {
  const json body = body_of(Want{{1}, 16, true});
  CHECK(body == json({{"slot", 1}, {"replicas", 16}, {"same_shape_only", true}}));
  const auto back = decode_worker_message(Kind::want, cbor(body));
  REQUIRE(back);
  CHECK(std::get<Want>(*back).replicas == 16);
}

TEST_CASE("a number that a library shortened to a single or an integer is taken") {
  json report = json::from_cbor(encode_report(finished_report()));
  report["outcome"]["train_s"] = 2;
  CHECK(decode_report(cbor(report))->outcome->train_s == 2);
  report["outcome"]["train_s"] = 0.5;  // to_cbor writes a 32-bit float
  CHECK(decode_report(cbor(report))->outcome->train_s == 0.5);
}

TEST_CASE("unknown members are ignored, whatever they hold") {
  json body = body_of(Bye{"done"});
  body["later"] = {{"nested", {1, -2, 2.5, nullptr, "x", json::binary({1, 2})}}, {"b", true}};
  const auto back = decode_worker_message(Kind::bye, cbor(body));
  REQUIRE(back);
  CHECK(std::get<Bye>(*back).reason == "done");
}

TEST_CASE("a missing member is named with its path") {
  json body = body_of(Results{{finished_report(), finished_report("c")}});
  body["reports"][1].erase("token");
  const auto back = decode_worker_message(Kind::results, cbor(body));
  REQUIRE(!back);
  CHECK(back.error().code() == errc::bad_members);
  CHECK(back.error().to_string() == "results: reports[1] lacks 'token'");
}

TEST_CASE("a member of the wrong type is named with its path") {
  json body = body_of(Results{{finished_report()}});
  body["reports"][0]["outcome"]["epochs_done"] = "two";
  const auto back = decode_worker_message(Kind::results, cbor(body));
  REQUIRE(!back);
  CHECK(back.error().code() == errc::bad_value);
  CHECK(back.error().message() ==
        "reports[0].outcome.epochs_done must be an integer from 0 to 2147483647");
}

TEST_CASE("a doubled member is refused") {
  std::string body = encode(WorkerMessage(Bye{"x"}), 1).body;
  body = "\xA2" + body.substr(1) + body.substr(1);
  CHECK(decode_worker_message(Kind::bye, body).error().code() == errc::bad_members);
}

TEST_CASE("integers outside their range are refused") {
  for (const json& wrong : {json(-1), json(limits::replicas_max + 1), json(1LL << 40), json(2.5),
                            json(UINT64_MAX), json(nullptr)}) {
    json body = {{"slot", 1}, {"replicas", wrong}, {"same_shape_only", false}};
    INFO(body.dump());
    CHECK(decode_worker_message(Kind::want, cbor(body)).error().code() == errc::bad_value);
  }
}

TEST_CASE("texts above their limit and texts that are no UTF-8 are refused") {
  const std::string longest(limits::message_bytes_max, 'x');
  CHECK(decode_worker_message(Kind::bye, cbor({{"reason", longest}})));
  const auto too_long = decode_worker_message(Kind::bye, cbor({{"reason", longest + "x"}}));
  CHECK(too_long.error().code() == errc::too_large);
  const auto broken = decode_worker_message(Kind::bye, cbor({{"reason", "\xC3("}}));
  CHECK(broken.error().code() == errc::bad_value);
}

TEST_CASE("lists above their limit are refused before their elements are read") {
  json points = json::array();
  for (int i = 0; i <= limits::points_per_message_max; ++i)
    points.push_back(0);
  const auto back = decode_worker_message(Kind::progress, cbor({{"points", points}}));
  CHECK(back.error().code() == errc::too_large);
}

TEST_CASE("a length that promises more than the body holds costs nothing") {
  // {"points": array of 2^32-1 elements}
  const std::string body = std::string("\xA1\x66points\x9A", 9) + "\x00\x00\x0F\xFF";
  CHECK(!decode_worker_message(Kind::progress, body));
  const std::string huge = std::string("\xA1\x66reason\x7B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 17);
  CHECK(decode_worker_message(Kind::bye, huge).error().code() == errc::too_large);
}

TEST_CASE("nesting without end is refused instead of exhausting the stack") {
  const std::string open(limits::body_bytes_max, '\x81');
  CHECK(!decode_worker_message(Kind::bye, open));
  const std::string inside_unknown = std::string("\xA1\x61z") + open;
  CHECK(decode_worker_message(Kind::bye, inside_unknown).error().code() == errc::too_large);
}

TEST_CASE("bytes after the end, tags and indefinite lengths are refused") {
  const std::string good = encode(WorkerMessage(Bye{"x"}), 1).body;
  CHECK(decode_worker_message(Kind::bye, good + '\0').error().code() == errc::bad_cbor);
  CHECK(!decode_worker_message(Kind::bye, "\xC1" + good));
  CHECK(decode_worker_message(Kind::bye, "\xBF\xFF").error().code() == errc::bad_cbor);
  CHECK(!decode_worker_message(Kind::bye, ""));
}

TEST_CASE("a kind of the other direction, a client's or an unknown one is refused") {
  for (const int kind : {0, 8, 31, 32, 38, 64, 128, 900, 65535}) {
    const auto back = decode_worker_message(static_cast<Kind>(kind), "\xA0");
    CHECK(back.error().code() == errc::unknown_kind);
  }
  CHECK(decode_coordinator_message(Kind::hello, "\xA0").error().code() == errc::unknown_kind);
}

TEST_CASE("a report must have an outcome exactly when it has a result") {
  json report = json::from_cbor(encode_report(finished_report()));
  report["end"] = "failed";
  CHECK(decode_report(cbor(report)).error().code() == errc::bad_value);
  report["end"] = "diverged";
  CHECK(decode_report(cbor(report)).error().code() == errc::bad_value);
  report["outcome"]["diverged"] = true;
  CHECK(decode_report(cbor(report)));
  report.erase("outcome");
  CHECK(decode_report(cbor(report)).error().code() == errc::bad_value);
  report["end"] = "exploded";
  CHECK(decode_report(cbor(report)).error().code() == errc::bad_value);
}

TEST_CASE("a sentence for a person is shortened and repaired on the way out") {
  const std::string long_reason(limits::message_bytes_max + 100, 'x');
  const Frames frames = encode(CoordinatorMessage(Drain{"\xFF" + long_reason}), 1);
  const auto back = decode_coordinator_message(Kind::drain, frames.body);
  REQUIRE(back);
  CHECK(std::get<Drain>(*back).reason.starts_with("\xEF\xBF\xBDxxx"));
  CHECK(std::get<Drain>(*back).reason.size() == limits::message_bytes_max);
}

TEST_CASE("clipping makes any report fit") {
  AttemptReport report = finished_report();
  report.reason = std::string(1000, 'r');
  report.message = std::string(limits::message_bytes_max - 1, 'm') + "ä";
  report.log_tail = "start\xFF" + std::string(20'000, 'l') + "end";
  report.outcome->device = std::string(1000, 'd');
  report.curve.assign(limits::curve_points_max + 5, point(1));
  report.curve.back().epoch = 77;
  clip_to_limits(report);
  const auto back = decode_report(encode_report(report));
  REQUIRE(back);
  CHECK(back->message.size() == limits::message_bytes_max - 1);
  CHECK(back->log_tail.size() == limits::log_tail_bytes_max);
  CHECK(back->log_tail.ends_with("end"));
  CHECK(back->curve.back().epoch == 77);
}

}  // namespace
}  // namespace scanyard::protocol
