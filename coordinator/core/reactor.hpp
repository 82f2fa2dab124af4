//! One function for every event that reaches the coordinator, except clients' commands
//! (client.hpp). All of them are quick (O(1) or O(log n) a run concerned), never fail, and append
//! what is to be done to `out`.
#pragma once

#include <string>

#include "common/protocol/messages.hpp"
#include "common/store_writes.hpp"
#include "coordinator/core/core.hpp"

namespace scanyard::core {

// ---------------------------------------------------------------- from the store

/// A submission is on disk: its open runs join the queue. A repeated one changes nothing.
void on_submitted(Core& core, const SubmitOutcome& outcome, TimePoint now, Effects& out);
/// A retry is on disk.
void on_retried(Core& core, const RetryOutcome& outcome, TimePoint now, Effects& out);
/// Every write up to and including `last` is on disk. Only now are workers and clients told.
void on_committed(Core& core, WriteId last, TimePoint now, Effects& out);
/// The writes up to and including `last` that were not committed yet are lost: what they stood for
/// has not happened. Workers will report again, clients get the error.
void on_commit_failed(Core& core, WriteId last, const Error& error, TimePoint now, Effects& out);

// ---------------------------------------------------------------- from workers

/// `key_name` is the name of the key that the connection proved to have.
void on_hello(Core& core, PeerId peer, const std::string& key_name, const protocol::Hello& hello,
              TimePoint now, Effects& out);
void on_heartbeat(Core& core, PeerId peer, const protocol::Heartbeat& heartbeat, TimePoint now,
                  Effects& out);
void on_want(Core& core, PeerId peer, const protocol::Want& want, TimePoint now, Effects& out);
void on_progress(Core& core, PeerId peer, protocol::Progress progress, TimePoint now, Effects& out);
void on_results(Core& core, PeerId peer, protocol::Results results, TimePoint now, Effects& out);
void on_release(Core& core, PeerId peer, const protocol::Release& release, TimePoint now,
                Effects& out);
void on_bye(Core& core, PeerId peer, const protocol::Bye& bye, TimePoint now, Effects& out);

/// Any of them.
void on_worker_message(Core& core, PeerId peer, const std::string& key_name,
                       protocol::WorkerMessage message, TimePoint now, Effects& out);

// ---------------------------------------------------------------- from the shell

/// Time passed: leases and deadlines. Call it a few times per heartbeat.
void on_tick(Core& core, TimePoint now, Effects& out);
/// The coordinator is about to stop: nothing is granted any more, what was reported is still
/// committed.
void on_stop(Core& core, TimePoint now, Effects& out);

}  // namespace scanyard::core
