#include "common/protocol/client.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/protocol/errc.hpp"

namespace scanyard::protocol {
namespace {

template <class Question>
Question round_trip(const Question& question) {
  const ClientRequest request{"id-1", question};
  const auto back = decode_client_request(kind_of(request.what), encode_body(request));
  REQUIRE(back);
  CHECK(back->id == "id-1");
  REQUIRE(std::holds_alternative<Question>(back->what));
  return std::get<Question>(back->what);
}

RunId some_run(std::uint8_t fill) {
  RunId id;
  id.bytes.fill(fill);
  return id;
}

TEST_CASE("every request survives the wire") {
  const auto submit = round_trip(SubmitRequest{"name: \"ä\"\n", "sweeps/a.yaml"});
  CHECK(submit.spec_text == "name: \"ä\"\n");
  CHECK(submit.source_name == "sweeps/a.yaml");
  const auto known = round_trip(KnownRunsRequest{{some_run(1), some_run(0xfe)}});
  CHECK(known.runs == std::vector<RunId>{some_run(1), some_run(0xfe)});
  CHECK(round_trip(StatusRequest{"7"}).sweep == "7");
  const auto results = round_trip(ResultsRequest{"s5", ResultsRequest::Form::csv, 80});
  CHECK(results.form == ResultsRequest::Form::csv);
  CHECK(results.width_columns == 80);
  CHECK(round_trip(ExplainRequest{"ab12"}).run == "ab12");
  CHECK(round_trip(CancelRequest{"7", "wrong lr"}).reason == "wrong lr");
  const auto retry = round_trip(RetryRequest{"7", "", {RunState::failed, RunState::cancelled}});
  CHECK(retry.states == std::vector<RunState>{RunState::failed, RunState::cancelled});
  CHECK(round_trip(PauseRequest{"7", true}).resume);
  CHECK(round_trip(PriorityRequest{"7", -3}).priority == -3);
  CHECK(round_trip(DrainRequest{"node1"}).worker == "node1");
}

TEST_CASE("an answer and an error survive the wire") {
  const auto answer = decode_client_reply(encode_body(ClientReply{"q", R"({"runs":3})"}));
  REQUIRE(answer);
  CHECK(answer->id == "q");
  CHECK(answer->value_json == R"({"runs":3})");
  const auto refusal = decode_client_reply(
      encode_body(ClientReply{"q", fail(ErrorCode{"spec.unknown_key"}, "line 3: \"x\"")}));
  REQUIRE(refusal);
  REQUIRE_FALSE(refusal->value_json);
  CHECK(refusal->value_json.error().code().text == "spec.unknown_key");
  CHECK(refusal->value_json.error().message() == "line 3: \"x\"");
}

TEST_CASE("bytes that are no request are refused with the reason") {
  const auto code = [](Kind kind, std::string_view body) {
    const auto request = decode_client_request(kind, body);
    REQUIRE_FALSE(request);
    return request.error().code();
  };
  const Kind status = kind_of(StatusRequest{});
  CHECK(code(status, "\xff\x00garbage") == errc::bad_json);
  CHECK(code(status, "[]") == errc::bad_json);
  CHECK(code(status, "{}") == errc::bad_members);
  CHECK(code(status, R"({"id":"a","sweep":3})") == errc::bad_value);
  CHECK(code(status, R"({"id":"","sweep":"x"})") == errc::bad_value);
  CHECK(code(status, std::string(R"({"id":"a","sweep":")") + std::string(999, 'x') + "\"}") ==
        errc::too_large);
  CHECK(code(Kind::hello, "{}") == errc::unknown_kind);
  CHECK(code(Kind::client_request_last, R"({"id":"a"})") == errc::unknown_kind);
  CHECK(code(kind_of(KnownRunsRequest{}), R"({"id":"a","runs":"zz"})") == errc::bad_value);
  CHECK(code(kind_of(RetryRequest{}), R"({"id":"a","sweep":"1","run":"","states":["lost"]})") ==
        errc::bad_value);
}

TEST_CASE("hostile nesting is refused without harm") {
  const std::string deep = std::string(1 << 20, '[');
  CHECK_FALSE(decode_client_request(kind_of(StatusRequest{}), deep));
  CHECK_FALSE(decode_client_reply("{\"id\":\"a\",\"value\":" + deep));
}

TEST_CASE("codes that came over the wire outlive their message") {
  ErrorCode code{};
  {
    const std::string text = "store.not_found";
    code = stable_code(text);
  }
  CHECK(code == ErrorCode{"store.not_found"});
}

}  // namespace
}  // namespace scanyard::protocol
