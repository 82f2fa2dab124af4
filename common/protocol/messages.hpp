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
  std::string trouble;        ///< stable code of why it takes nothing; empty = fine
};

/// Sent every heartbeat interval, whatever else was sent: the carrier of step counters.
struct Heartbeat {
  std::vector<SlotActivity> slots;
  std::int64_t outbox_records = 0;
  /// Every attempt that the worker holds now: waiting, training, or ended with its report not yet
  /// acknowledged. A lease that is older than two heartbeats and missing here was lost on the way
  /// (its Grant never arrived); an attempt here that is no lease any more is answered with Revoke.
  std::vector<Token> held;
};

/// Credit: how many more replicas a slot would take now. Replaces the slot's earlier credit. Sent
/// on every change and again with every heartbeat, so that a lost one does no harm; a Grant uses
/// credit up.
struct Want {
  SlotId slot;
  std::int32_t replicas = 0;
  bool same_shape_only =
      false;  ///< the slot is training: only runs of that pack's shape can join it now
};

struct Progress {
  std::vector<ProgressPoint> points;
};

/// Ends of attempts from the outbox. Sent again until acknowledged one by one.
struct Results {
  std::vector<AttemptReport> reports;
};

/// Runs that the worker will not train after all (drain, walltime, no trainer): leases end at once.
/// Only for attempts that never started; one that trained for a while is reported in Results with
/// AttemptEnd::released, so that its points are kept.
struct Release {
  struct Item {
    RunId run;
    Token token;
  };
  std::vector<Item> items;
  std::string reason;
};

/// The worker stops now and trains nothing any more. Reports that are not acknowledged yet stay in
/// its outbox, and the next worker on that folder delivers them.
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

/// A message (by its sequence number) or the worker itself is refused.
struct Refuse {
  std::string code;  ///< stable, such as "protocol.version"
  std::string message;
  std::uint64_t sequence =
      0;  ///< of the refused message; 0 = the worker itself, which may try again much later
};

/// "I do not know you (any more)": answer with Hello. Sent to a worker that talks without having
/// said hello to this epoch, which is how workers learn of a restart.
struct Who {
  Epoch epoch;
};

using WorkerMessage = std::variant<Hello, Heartbeat, Want, Progress, Results, Release, Bye>;
using CoordinatorMessage = std::variant<Welcome, Grant, Ack, Revoke, Drain, Refuse, Who>;

}  // namespace scanyard::protocol
