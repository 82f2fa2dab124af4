#include "worker/core/exit_reason.hpp"

#include "worker/core/reasons.hpp"

namespace scanyard::worker {
namespace {

constexpr int signal_kill = 9;

ExitReason signal_reason(const TrainerExit& exit) {
  if (exit.code == signal_kill && exit.out_of_memory) {
    return {reasons::out_of_memory,
            "the system killed the trainer because memory ran out: smaller packs "
            "(--max-replicas) or fewer slots need less"};
  }
  if (exit.code == signal_kill) {
    return {reasons::killed, "the trainer was killed from outside (signal 9)"};
  }
  return {reasons::crashed, "the trainer crashed with signal " + std::to_string(exit.code) +
                                (exit.detail.empty() ? "" : " (" + exit.detail + ")")};
}

}  // namespace

ExitReason exit_reason(const TrainerExit& exit) {
  switch (exit.kind) {
    case TrainerExit::Kind::code:
      return {reasons::exited,
              "the trainer ended by itself with exit code " + std::to_string(exit.code)};
    case TrainerExit::Kind::signal:
      return signal_reason(exit);
    case TrainerExit::Kind::missing:
      return {reasons::missing, "there is no trainer program " + exit.detail};
    case TrainerExit::Kind::not_executable:
      return {reasons::not_executable, "the trainer program cannot be run: " + exit.detail};
    case TrainerExit::Kind::not_started:
      break;
  }
  return {reasons::not_started, "the system did not start the trainer: " + exit.detail};
}

}  // namespace scanyard::worker
