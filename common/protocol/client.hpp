//! Requests of clients (the command line) to the coordinator, and its replies. Bodies are JSON,
//! because replies are what
//! `--json` prints; docs/wire_protocol.md and docs/cli.md describe them.
//!
//! A client gives every request an id of its own choice that it never uses again. The same id from
//! the same key is answered with what the first one brought about: a client that heard nothing just
//! asks again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/error.hpp"
#include "common/ids.hpp"
#include "common/protocol/header.hpp"
#include "common/records.hpp"

namespace scanyard::protocol {

/// Train every run of a spec. Reply: {"sweep", "name", "repeated", "runs", "new", "done", "open"}.
struct SubmitRequest {
  std::string spec_text;
  std::string source_name;  ///< what error messages and the page call the text: "sweeps/a.yaml"
};

/// Which of these runs the database has. Reply: {"known": [[index, state, sweep], ...]}.
struct KnownRunsRequest {
  std::vector<RunId> runs;  ///< at most known_runs_max
};

/// The coordinator itself, its sweeps and workers. Reply: {"coordinator", "sweeps", "workers"}.
struct StatusRequest {
  std::string sweep;  ///< number or name; empty = all
};

/// A sweep's table. Reply: {"sweep", "text"}, `text` in the form asked for.
struct ResultsRequest {
  enum class Form { text, csv, json };
  std::string sweep;
  Form form = Form::text;
  std::int32_t width_columns = 100;  ///< of the text form
};

/// Why a run is not running, or what happened to it. Reply: {"run", "explanation"}.
struct ExplainRequest {
  std::string run;  ///< unique prefix of its id
};

struct CancelRequest {
  std::string sweep;
  std::string reason;
};

/// Open runs again that have failed (or are in another of `states`). Names a sweep or a run.
struct RetryRequest {
  std::string sweep;
  std::string run;
  std::vector<RunState> states;
};

struct PauseRequest {
  std::string sweep;
  bool resume = false;
};

struct PriorityRequest {
  std::string sweep;
  std::int32_t priority = 0;
};

struct DrainRequest {
  std::string worker;
};

using ClientQuestion =
    std::variant<SubmitRequest, KnownRunsRequest, StatusRequest, ResultsRequest, ExplainRequest,
                 CancelRequest, RetryRequest, PauseRequest, PriorityRequest, DrainRequest>;

struct ClientRequest {
  std::string id;  ///< 1 to request_id_bytes_max bytes
  ClientQuestion what;
};

/// `value_json` is the JSON text of the answer; of commands it is {"message": sentence}.
struct ClientReply {
  std::string id;  ///< of the request
  Result<std::string> value_json;
};

inline constexpr std::size_t request_id_bytes_max = 128;
inline constexpr std::size_t known_runs_max = 100'000;

/// Kinds of header.hpp's range for clients. Numbers are never given anew.
Kind kind_of(const ClientQuestion& question);
inline constexpr Kind reply_kind = Kind::client_reply_first;

std::string encode_body(const ClientRequest& request);
std::string encode_body(const ClientReply& reply);

/// Errors: protocol.unknown_kind, protocol.bad_json, protocol.bad_members, protocol.bad_value,
/// protocol.too_large. Never throws, whatever the bytes.
Result<ClientRequest> decode_client_request(Kind kind, std::string_view body);
Result<ClientReply> decode_client_reply(std::string_view body);

/// The text of an error's code as a code that outlives the message that it came in.
ErrorCode stable_code(std::string_view text);

}  // namespace scanyard::protocol
