//! How attempts end, and what of it is written down. Used by the events; not an interface of its
//! own.
#pragma once

#include <string>

#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// Asks the store for a write and returns its id.
WriteId write(Core& core, StoreWrite what, Effects& out);

/// The coordinator takes a leased run back because its worker is silent, gone, or does not know the
/// attempt. A late result of it is still welcome as long as the run was not leased anew. After
/// CoreOptions::losses_max of them the run fails: something about it kills whole workers. A worker
/// that said goodbye (core.worker_gone) does not count.
void lose_attempt(Core& core, RunIndex run, ErrorCode reason, const std::string& why, TimePoint now,
                  Effects& out);

/// The worker gave the run back; the attempt has ended and will not report.
void release_attempt(Core& core, RunIndex run, const std::string& why, TimePoint now, Effects& out);

/// Everything that a worker holds, on slots and floating.
std::vector<RunIndex> attempts_of(const Worker& worker);

/// Tells the worker that holds the run to stop it, when it can be reached.
void revoke(Core& core, RunIndex run, const std::string& reason, Effects& out);

/// The worker of this connection, with its sign of life noted. Invalid when nobody said hello on
/// it, or when that was so long ago that its leases ended: then it is asked who it is (once per
/// heartbeat), and the message is ignored.
WorkerIndex known_worker(Core& core, PeerId peer, TimePoint now, Effects& out);

/// Whether this coordinator or an earlier one can have given this token.
bool plausible(const Core& core, Token token);

/// A worker's record for the database.
void record_worker(Core& core, const Worker& worker, TimePoint now, Effects& out);

}  // namespace scanyard::core
