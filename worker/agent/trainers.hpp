//! The trainer processes of a worker, one a slot, and the words between them and the core.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/ids.hpp"
#include "common/trainer_lines/lines.hpp"
#include "worker/agent/checkpoints.hpp"
#include "worker/agent/trainer_process.hpp"
#include "worker/core/effects.hpp"

namespace scanyard::worker {

/// Carries out StartTrainer, TellTrainer and KillTrainer. Lives on one io_context thread; callbacks
/// are made there, never from inside a call.
class Trainers {
 public:
  struct Options {
    std::string program;
    std::filesystem::path logs;  ///< folder
    std::map<SlotId, SlotInfo> slots;
  };
  struct Callbacks {
    std::function<void(SlotId, std::int64_t instance, const trainer_lines::Event&,
                       const std::string& log_tail)>
        on_event;
    std::function<void(SlotId, std::int64_t instance, const std::string& what)> on_bad_line;
    std::function<void(SlotId, std::int64_t instance, const TrainerExit&)> on_exit;
  };

  Trainers(boost::asio::io_context& io, Options options, const Checkpoints& checkpoints,
           Callbacks callbacks);

  void start(const StartTrainer& effect);
  void tell(TellTrainer effect);
  void kill(const KillTrainer& effect);
  /// Ends all of them without a word.
  void clear() { running_.clear(); }

 private:
  struct Running {
    std::int64_t instance = 0;
    std::unique_ptr<TrainerProcess> process;
  };
  TrainerProcess* find(SlotId slot, std::int64_t instance);
  void on_line(SlotId slot, std::int64_t instance, std::string_view line);

  boost::asio::io_context& io_;
  Options options_;
  const Checkpoints& checkpoints_;
  Callbacks callbacks_;
  std::map<SlotId, Running> running_;
};

}  // namespace scanyard::worker
