//! Stable codes of why an attempt failed or was given back: shown by the page, `explain` and the
//! database, and never changed once released. docs/add_a_worker.md says what to do about each.
#pragma once

namespace scanyard::worker::reasons {

// The trainer's process ended while it trained.
inline constexpr const char* killed = "trainer.killed";                ///< SIGKILL from outside
inline constexpr const char* out_of_memory = "trainer.out_of_memory";  ///< the system's OOM killer
inline constexpr const char* crashed = "trainer.crashed";              ///< any other signal
inline constexpr const char* exited = "trainer.exited";                ///< an exit code

// The agent ended it.
inline constexpr const char* hung = "trainer.hung";              ///< its step counter stood still
inline constexpr const char* not_ready = "trainer.not_ready";    ///< said nothing after its start
inline constexpr const char* bad_output = "trainer.bad_output";  ///< a line that is no event
inline constexpr const char* version = "trainer.version";        ///< speaks other trainer lines

// It did not start at all.
inline constexpr const char* missing = "trainer.missing";
inline constexpr const char* not_executable = "trainer.not_executable";
inline constexpr const char* not_started = "trainer.not_started";

/// The trainer's answer to an Add that found no pack running: no failure, the run starts anew.
inline constexpr const char* no_pack = "trainer.no_pack";
/// The trainer said idle without having said how the run ended.
inline constexpr const char* lost_replica = "trainer.lost_replica";

// Given back without having failed.
inline constexpr const char* shutdown = "worker.shutdown";
inline constexpr const char* drain = "worker.drain";
inline constexpr const char* slot_full = "worker.slot_full";
inline constexpr const char* unknown_slot = "worker.unknown_slot";
inline constexpr const char* no_trainer = "worker.no_trainer";

// Why a slot takes nothing, beside the above.
inline constexpr const char* outbox_blocked = "worker.outbox_blocked";

}  // namespace scanyard::worker::reasons
