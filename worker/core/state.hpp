//! What the core remembers: attempts, slots with their trainers, and reports on their way.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/records.hpp"
#include "common/time.hpp"
#include "worker/core/effects.hpp"

namespace scanyard::worker {

/// One lease of one run. Removed when its report is made, or when it is revoked or released.
struct Attempt {
  enum class Phase {
    waiting,   ///< granted; its slot's trainer has not been told yet
    training,  ///< named to the trainer in Start or Add
    stopping,  ///< revoked: Stop was sent, its end is awaited and will not be reported
  };
  RunId run;
  Token token;
  SlotId slot;
  Phase phase = Phase::waiting;
  std::string shape_json;
  std::string values_json;
  TimePoint started;              ///< when the trainer was told
  bool joining = false;           ///< told with Add, and the trainer has not mentioned it since
  bool checkpointed = false;      ///< during this attempt
  std::vector<EpochPoint> curve;  ///< by epoch, each once
};

/// One place for a trainer.
struct Slot {
  enum class Trainer {
    absent,    ///< none; one is started at `start_at`
    starting,  ///< started, not Ready yet
    idle,      ///< ready, nothing running
    training,  ///< a pack is running
    quitting,  ///< was told Quit
    killed,    ///< was sent SIGKILL, its end is awaited
  };
  SlotInfo info;
  Trainer trainer = Trainer::absent;
  std::int64_t instance = 0;        ///< of the trainer; rises with every start
  TimePoint since;                  ///< when `trainer` changed last
  TimePoint start_at;               ///< absent: not before this
  bool ready = false;               ///< this trainer has said so
  std::int32_t start_failures = 0;  ///< starts in a row that did not reach Ready
  std::string kill_reason;  ///< killed: the code for the reports, empty = given back (shutdown)
  std::string kill_message;
  std::string trouble;            ///< why it takes nothing; empty = fine
  std::string shape_json;         ///< training: the pack's shape
  std::vector<Token> waiting;     ///< attempts in Phase::waiting, in order of arrival
  std::vector<Token> running;     ///< attempts that the trainer was told of, in order
  std::int64_t steps_before = 0;  ///< of earlier trainers in this slot
  std::int64_t steps = 0;         ///< of this trainer
  TimePoint moved;                ///< last time it stepped, evaluated, or ended a run
  bool stepped = false;           ///< since Start
  TimePoint checkpoint_at;        ///< next periodic Checkpoint
  bool leaving = false;           ///< shutdown: Checkpoint was sent, Quit follows the answers
  std::set<RunId> unsaved;        ///< leaving: runs whose checkpoint is awaited
  std::int32_t told_want = -1;    ///< credit that the coordinator knows of; -1 = none told
  bool told_same_shape = false;
};

/// A report from its making to its acknowledgement.
struct Outgoing {
  enum class Phase {
    storing,   ///< the shell is writing it
    unstored,  ///< the shell could not; tried again
    ready,     ///< durable, to be sent
    sent,      ///< durable, sent, not acknowledged
  };
  AttemptReport report;
  Phase phase = Phase::storing;
  TimePoint sent_at;
  bool sent_unstored = false;  ///< the disk is full, so it was sent from memory
};

using ReportKey = Forget::Item;

}  // namespace scanyard::worker
