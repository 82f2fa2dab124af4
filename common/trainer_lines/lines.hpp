//! The JSON lines between an agent and its trainer child: one object a line, "type" says which.
//! Documented for people who write another engine in docs/trainer_protocol.md. A trainer reads
//! commands on stdin, writes events on stdout, and logs on stderr as it likes. The agent starts it
//! as `PROGRAM --device cpu --threads N` (with OMP_NUM_THREADS=N too) in a process group of its
//! own; it ends when its stdin does. A line on stdout that is no event ends the trainer and fails
//! its runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/error.hpp"
#include "common/ids.hpp"
#include "common/records.hpp"

namespace scanyard::trainer_lines {

inline constexpr int version = 1;

// ---------------------------------------------------------------- agent -> trainer

struct Replica {
  RunId run;
  std::string values_json;  ///< lr, weight_decay, seed, ...: the object itself stands in the line,
                            ///< not a string
  std::string resume;       ///< path of a checkpoint file to continue from; empty = from the start.
                            ///< The Epochs before it are written again, so that curves are whole.
};

/// Train a pack. Only when no pack is running.
struct Start {
  std::string shape_json;
  std::vector<Replica> replicas;
};
/// Join the running pack of the same shape at its next epoch boundary. When the pack has ended in
/// the meantime (Idle was written already), each replica is answered with Failed and the reason
/// trainer.no_pack, and the agent starts it again in the next pack.
struct Add {
  std::vector<Replica> replicas;
};
/// Stop training these runs, at the next step; answered by one Stopped a run.
struct Stop {
  std::vector<RunId> runs;
};
/// Write one checkpoint file a running replica into `folder`, at the next epoch boundary or step.
struct Checkpoint {
  std::string folder;
};
/// End the process after the current step; running replicas are dropped.
struct Quit {};

using Command = std::variant<Start, Add, Stop, Checkpoint, Quit>;

// ---------------------------------------------------------------- trainer -> agent

/// First line of a trainer.
struct Ready {
  int version = trainer_lines::version;
  std::string device;  ///< "cpu" or "cuda:0"
  std::string device_name;
  std::string build;
};
struct Started {
  std::int32_t replicas = 0;
};
/// Sign of life, at least every second while training: the counter must rise.
struct Alive {
  std::int64_t steps_done = 0;  ///< since the process started, replicas counted once
};
struct Epoch {
  RunId run;
  EpochPoint point;
};
struct Checkpointed {
  RunId run;
  std::string path;
  std::int32_t epoch = 0;
};
/// A run ended with a result (finished or diverged).
struct Finished {
  RunId run;
  RunOutcome outcome;
};
/// A run cannot be trained; the trainer itself goes on.
struct Failed {
  RunId run;
  std::string reason;  ///< stable code: "trainer.bad_shape", "trainer.out_of_memory", ...
  std::string message;
};
struct Stopped {
  RunId run;
};
/// The pack is done: nothing is running, the trainer waits for Start.
struct Idle {};

using Event =
    std::variant<Ready, Started, Alive, Epoch, Checkpointed, Finished, Failed, Stopped, Idle>;

/// Text of one line, without the newline: always valid JSON. A number that is not finite is written
/// as the text "NaN", "Infinity" or "-Infinity"; bytes that are no UTF-8 are replaced.
std::string to_line(const Command& command);
std::string to_line(const Event& event);

/// Errors: trainer_lines.bad_line with what is wrong and the start of the line. Unknown members are
/// ignored, so that either side may be newer; an unknown type is an error. `shape` and `values` are
/// handed on as canonical text (members sorted, no spaces) without a look inside: a trainer answers
/// nonsense there with Failed, run by run.
Result<Command> parse_command(std::string_view line);
Result<Event> parse_event(std::string_view line);

/// Longest line that either side accepts, in bytes.
inline constexpr std::size_t line_bytes_max = 4 << 20;

}  // namespace scanyard::trainer_lines
