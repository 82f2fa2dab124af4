#include "common/protocol/client.hpp"

#include <fmt/format.h>

#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "common/assert.hpp"
#include "common/protocol/errc.hpp"
#include "common/protocol/limits.hpp"

namespace scanyard::protocol {
namespace {

using Json = nlohmann::json;

constexpr std::string_view forms[] = {"text", "csv", "json"};
constexpr std::size_t run_hex_digits = 32;
/// A key of the wire may carry few different error codes; the rest share one.
constexpr std::size_t codes_max = 1000;

/// Kind of the n-th alternative of ClientQuestion: their order is part of the protocol.
Kind kind_at(std::size_t index) {
  return static_cast<Kind>(static_cast<std::size_t>(Kind::client_request_first) + index);
}

/// Members of one body, read strictly: the first fault is kept.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  std::string text(const char* name, std::size_t bytes_max) {
    const Json* found = find(name);
    if (found == nullptr) return {};
    if (!found->is_string()) return wrong(name, "a text"), std::string();
    auto value = found->get<std::string>();
    if (value.size() > bytes_max) {
      note(errc::too_large,
           fmt::format("'{}' has {} bytes; the limit is {}", name, value.size(), bytes_max));
      return {};
    }
    return value;
  }
  std::int64_t integer(const char* name, std::int64_t minimum, std::int64_t maximum) {
    const Json* found = find(name);
    if (found == nullptr) return 0;
    if (!found->is_number_integer()) return wrong(name, "an integer"), 0;
    const auto value = found->get<std::int64_t>();
    if (value < minimum || value > maximum) {
      note(errc::bad_value, fmt::format("'{}' must lie in {}..{}", name, minimum, maximum));
      return 0;
    }
    return value;
  }
  bool boolean(const char* name) {
    const Json* found = find(name);
    if (found == nullptr) return false;
    if (!found->is_boolean()) return wrong(name, "true or false"), false;
    return found->get<bool>();
  }
  const Json* find(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end()) return &*found;
    note(errc::bad_members, fmt::format("'{}' is missing", name));
    return nullptr;
  }
  void wrong(const char* name, const char* what) {
    note(errc::bad_value, fmt::format("'{}' must be {}", name, what));
  }
  void note(ErrorCode code, std::string message) {
    if (!fault_) fault_ = Error(code, std::move(message));
  }
  const std::optional<Error>& fault() const { return fault_; }

 private:
  const Json& object_;
  std::optional<Error> fault_;
};

constexpr std::size_t name_max = 256;
constexpr std::size_t sentence_max = 4096;

// ---------------------------------------------------------------- writing

Json to_json(const SubmitRequest& r) {
  return {{"spec", r.spec_text}, {"source", r.source_name}};
}
Json to_json(const KnownRunsRequest& r) {
  // One long text: a list of a hundred thousand small ones costs ten times as much.
  std::string hex;
  hex.reserve(r.runs.size() * run_hex_digits);
  for (const RunId& run : r.runs)
    hex += run.hex();
  return {{"runs", std::move(hex)}};
}
Json to_json(const StatusRequest& r) {
  return {{"sweep", r.sweep}};
}
Json to_json(const ResultsRequest& r) {
  return {{"sweep", r.sweep},
          {"form", forms[static_cast<std::size_t>(r.form)]},
          {"width", r.width_columns}};
}
Json to_json(const ExplainRequest& r) {
  return {{"run", r.run}};
}
Json to_json(const CancelRequest& r) {
  return {{"sweep", r.sweep}, {"reason", r.reason}};
}
Json to_json(const RetryRequest& r) {
  Json states = Json::array();
  for (const RunState state : r.states)
    states.push_back(to_text(state));
  return {{"sweep", r.sweep}, {"run", r.run}, {"states", std::move(states)}};
}
Json to_json(const PauseRequest& r) {
  return {{"sweep", r.sweep}, {"resume", r.resume}};
}
Json to_json(const PriorityRequest& r) {
  return {{"sweep", r.sweep}, {"priority", r.priority}};
}
Json to_json(const DrainRequest& r) {
  return {{"worker", r.worker}};
}

// ---------------------------------------------------------------- reading

void read(Members& m, SubmitRequest& r) {
  r.spec_text = m.text("spec", limits::body_bytes_max);
  r.source_name = m.text("source", sentence_max);
}
void read(Members& m, KnownRunsRequest& r) {
  const std::string hex = m.text("runs", known_runs_max * run_hex_digits);
  if (hex.size() % run_hex_digits != 0) m.wrong("runs", "ids of 32 hexadecimal digits each");
  for (std::size_t i = 0; i + run_hex_digits <= hex.size(); i += run_hex_digits) {
    const auto id = RunId::parse(std::string_view(hex).substr(i, run_hex_digits));
    if (!id) return m.wrong("runs", "ids of 32 hexadecimal digits each");
    r.runs.push_back(*id);
  }
}
void read(Members& m, StatusRequest& r) {
  r.sweep = m.text("sweep", name_max);
}
void read(Members& m, ResultsRequest& r) {
  r.sweep = m.text("sweep", name_max);
  const std::string form = m.text("form", name_max);
  const auto found = std::find(std::begin(forms), std::end(forms), form);
  if (found == std::end(forms)) return m.wrong("form", "text, csv or json");
  r.form = static_cast<ResultsRequest::Form>(found - std::begin(forms));
  r.width_columns = static_cast<std::int32_t>(m.integer("width", 20, 10'000));
}
void read(Members& m, ExplainRequest& r) {
  r.run = m.text("run", name_max);
}
void read(Members& m, CancelRequest& r) {
  r.sweep = m.text("sweep", name_max);
  r.reason = m.text("reason", sentence_max);
}
void read(Members& m, RetryRequest& r) {
  r.sweep = m.text("sweep", name_max);
  r.run = m.text("run", name_max);
  const Json* states = m.find("states");
  if (states == nullptr) return;
  if (!states->is_array() || states->size() > 6) return m.wrong("states", "a list of states");
  for (const Json& item : *states) {
    const auto state =
        item.is_string() ? run_state_from_text(item.get<std::string>()) : std::nullopt;
    if (!state) return m.wrong("states", "a list of states");
    r.states.push_back(*state);
  }
}
void read(Members& m, PauseRequest& r) {
  r.sweep = m.text("sweep", name_max);
  r.resume = m.boolean("resume");
}
void read(Members& m, PriorityRequest& r) {
  r.sweep = m.text("sweep", name_max);
  r.priority = static_cast<std::int32_t>(m.integer("priority", -1'000'000, 1'000'000));
}
void read(Members& m, DrainRequest& r) {
  r.worker = m.text("worker", name_max);
}

template <std::size_t index = 0>
bool read_alternative(std::size_t wanted, Members& members, ClientQuestion& into) {
  if constexpr (index < std::variant_size_v<ClientQuestion>) {
    if (wanted != index) return read_alternative<index + 1>(wanted, members, into);
    read(members, into.emplace<index>());
    return true;
  }
  return false;
}

Result<Json> parse_object(std::string_view body) {
  Json object = Json::parse(body, nullptr, false);
  if (!object.is_object()) return fail(errc::bad_json, "the body is no JSON object");
  return object;
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Kind kind_of(const ClientQuestion& question) {
  return kind_at(question.index());
}

std::string encode_body(const ClientRequest& request) {
  Json body = std::visit([](const auto& what) { return to_json(what); }, request.what);
  body["id"] = request.id;
  return dump(body);
}

std::string encode_body(const ClientReply& reply) {
  const std::string id = dump(Json(reply.id));
  // The value is JSON text already: parsing it only to write it again would double the work.
  if (reply.value_json) return fmt::format(R"({{"id":{},"value":{}}})", id, *reply.value_json);
  const Json error = {{"code", reply.value_json.error().code().text},
                      {"message", reply.value_json.error().to_string()}};
  return fmt::format(R"({{"id":{},"error":{}}})", id, dump(error));
}

Result<ClientRequest> decode_client_request(Kind kind, std::string_view body) {
  if (!is_client_request(kind))
    return fail(errc::unknown_kind, fmt::format("{} is no client request", to_text(kind)));
  auto object = parse_object(body);
  if (!object) return propagate(object, to_text(kind));
  Members members(*object);
  ClientRequest request;
  request.id = members.text("id", request_id_bytes_max);
  if (request.id.empty()) members.wrong("id", "a text that is not empty");
  const auto index =
      static_cast<std::size_t>(kind) - static_cast<std::size_t>(Kind::client_request_first);
  if (!read_alternative(index, members, request.what))
    return fail(errc::unknown_kind, fmt::format("{} is not known here", to_text(kind)));
  if (members.fault()) {
    Error fault = *members.fault();
    return tl::unexpected(fault.add_context(to_text(kind)));
  }
  return request;
}

Result<ClientReply> decode_client_reply(std::string_view body) {
  auto object = parse_object(body);
  if (!object) return propagate(object, "reply");
  Members members(*object);
  ClientReply reply{members.text("id", request_id_bytes_max), std::string()};
  const auto error = object->find("error");
  if (error != object->end() && error->is_object()) {
    Members fault(*error);
    const std::string code = fault.text("code", name_max);
    reply.value_json = fail(stable_code(code), fault.text("message", body.size()));
    if (fault.fault()) return tl::unexpected(*fault.fault());
  } else if (const Json* value = members.find("value")) {
    reply.value_json = dump(*value);
  }
  if (members.fault()) return tl::unexpected(*members.fault());
  return reply;
}

ErrorCode stable_code(std::string_view text) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(text);
  if (found != known.end()) return {*found};
  if (known.size() >= codes_max) return {"protocol.remote_error"};
  return {*known.emplace(text).first};
}

}  // namespace scanyard::protocol
