//! Every message between workers and the coordinator, as plain structs. The codec (codec.hpp) turns
//! them into a header frame and a CBOR body; client requests are in client.hpp. Direction and
//! meaning: docs/wire_protocol.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/ids.hpp"
#include "common/records.hpp"
#include "common/time.hpp"

namespace scanyard::protocol {

/// Rises with every incompatible change of header or bodies. Both sides name theirs; unequal =
/// refused, with both.
inline constexpr std::uint16_t version = 1;

// ---------------------------------------------------------------- worker -> coordinator

/// A replica that a worker is training, for re-adoption after a coordinator's restart.
struct RunningReplica {
  RunId run;
  Token token;
  SlotId slot;
};

/// First message of a connection, and again whenever the coordinator asks for it (its epoch
/// changed).
struct Hello {
  WorkerInfo worker;
  std::vector<RunningReplica> running;
  std::int64_t outbox_records = 0;              ///< results that are waiting for an acknowledgement
  std::optional<std::int64_t> walltime_left_s;  ///< what the site's scheduler leaves this worker
};

struct SlotActivity {
  SlotId slot;
  std::int64_t steps_done =
      0;  ///< optimiser steps since the worker started; a counter that must rise while busy
  std::int32_t replicas = 0;  ///< being trained now
};

/// Sent when nothing else was sent for a heartbeat interval; also the carrier of step counters.
struct Heartbeat {
  std::vector<SlotActivity> slots;
  std::int64_t outbox_records = 0;
};

/// Credit: how many more replicas a slot would take now. Replaces the slot's earlier credit.
struct Want {
  SlotId slot;
  std::int32_t replicas = 0;
};

struct Progress {
  std::vector<ProgressPoint> points;
};

/// Ends of attempts from the outbox. Sent again until acknowledged one by one.
struct Results {
  std::vector<AttemptReport> reports;
};

/// Runs that the worker will not train after all (drain, walltime, no trainer): leases end at once.
struct Release {
  struct Item {
    RunId run;
    Token token;
  };
  std::vector<Item> items;
  std::string reason;
};

/// The worker stops now and holds nothing any more.
struct Bye {
  std::string reason;
};

// ---------------------------------------------------------------- coordinator -> worker

/// Answer to Hello.
struct Welcome {
  Epoch epoch;
  Duration heartbeat;          ///< send something at least this often
  Duration lease;              ///< silence after which leases end
  std::vector<Token> adopted;  ///< running attempts that stay valid
  std::vector<Token> dropped;  ///< running attempts to stop: superseded or not wanted any more
};

struct GrantedReplica {
  RunId run;
  Token token;
  std::string values_json;  ///< canonical JSON of the replica's keys: lr, weight_decay, seed
};

/// A pack for one slot.
struct Grant {
  SlotId slot;
  std::string shape_json;  ///< canonical JSON of the shape's keys
  std::vector<GrantedReplica> replicas;
};

/// What became of one reported attempt. Whatever it says, the worker may forget the record: it is
/// durable or refused for good.
struct Acknowledged {
  enum class Verdict { accepted, duplicate, superseded, unknown_run };
  RunId run;
  Token token;
  Verdict verdict = Verdict::accepted;
};
struct Ack {
  std::vector<Acknowledged> items;
};

/// Stop training these attempts; their results are not wanted.
struct Revoke {
  std::vector<Token> tokens;
  std::string reason;
};

/// Take no new packs; say bye when the running ones have ended.
struct Drain {
  std::string reason;
};

/// The message (by its sequence number) or the worker itself is refused.
struct Refuse {
  std::string code;  ///< stable, such as "protocol.version"
  std::string message;
};

/// "I do not know you (any more)": answer with Hello. Sent to a worker that talks without having
/// said hello to this epoch, which is how workers learn of a restart.
struct Who {
  Epoch epoch;
};

using WorkerMessage = std::variant<Hello, Heartbeat, Want, Progress, Results, Release, Bye>;
using CoordinatorMessage = std::variant<Welcome, Grant, Ack, Revoke, Drain, Refuse, Who>;

}  // namespace scanyard::protocol
