//! What the core asks its shell to do. Effects are carried out in order.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/ids.hpp"
#include "common/protocol/messages.hpp"
#include "common/records.hpp"
#include "common/trainer_lines/lines.hpp"

namespace scanyard::worker {

/// Send to the coordinator; only asked for while connected. May get lost.
struct Send {
  protocol::WorkerMessage message;
};

/// Start the slot's trainer. Its life is told with on_trainer_event, on_trainer_bad_line and at its
/// end, or when it cannot be started, one on_trainer_exit; all with this instance number.
struct StartTrainer {
  SlotId slot;
  std::int64_t instance = 0;
};

/// Write a line to a trainer. Paths are the shell's business: it fills Replica::resume with the
/// run's checkpoint where there is one, and Checkpoint::folder.
struct TellTrainer {
  SlotId slot;
  std::int64_t instance = 0;
  trainer_lines::Command command;
};

/// SIGKILL to the trainer's process group; its on_trainer_exit follows.
struct KillTrainer {
  SlotId slot;
  std::int64_t instance = 0;
};

/// Make a report durable, then call on_stored, or on_store_failed.
struct Store {
  AttemptReport report;
};

/// These reports are acknowledged: the outbox need not keep them.
struct Forget {
  struct Item {
    RunId run;
    Token token;
    friend auto operator<=>(const Item&, const Item&) = default;
  };
  std::vector<Item> items;
};

/// The run's checkpoint, if there is one, is of no use any more.
struct DropCheckpoint {
  RunId run;
};

/// One line for the log: event and key=value pairs.
struct Note {
  enum class Level { info, warning, error };
  Level level = Level::info;
  std::string event;
  std::vector<std::pair<std::string, std::string>> values;
};

/// Everything is done: end the process.
struct Exit {
  std::string reason;
};

using Effect = std::variant<Send, StartTrainer, TellTrainer, KillTrainer, Store, Forget,
                            DropCheckpoint, Note, Exit>;
using Effects = std::vector<Effect>;

}  // namespace scanyard::worker
