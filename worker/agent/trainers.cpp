#include "worker/agent/trainers.hpp"

#include <fmt/format.h>

#include "worker/agent/log_tail.hpp"

namespace scanyard::worker {

Trainers::Trainers(boost::asio::io_context& io, Options options, const Checkpoints& checkpoints,
                   Callbacks callbacks)
    : io_(io),
      options_(std::move(options)),
      checkpoints_(checkpoints),
      callbacks_(std::move(callbacks)) {}

TrainerProcess* Trainers::find(SlotId slot, std::int64_t instance) {
  const auto found = running_.find(slot);
  const bool current = found != running_.end() && found->second.instance == instance;
  return current ? found->second.process.get() : nullptr;
}

void Trainers::start(const StartTrainer& effect) {
  const SlotInfo& info = options_.slots.at(effect.slot);
  const std::string threads = std::to_string(info.threads);
  TrainerOptions options;
  options.child.program = options_.program;
  options.child.arguments = {"--device", info.device, "--threads", threads};
  options.child.environment = {{"OMP_NUM_THREADS", threads}, {"MKL_NUM_THREADS", threads}};
  options.log = options_.logs / fmt::format("slot-{}.log", effect.slot.value);
  options.line_bytes_max = trainer_lines::line_bytes_max;
  const SlotId slot = effect.slot;
  const std::int64_t instance = effect.instance;
  auto process = std::make_unique<TrainerProcess>(
      io_, std::move(options),
      TrainerProcess::Callbacks{
          [this, slot, instance](std::string_view line) { on_line(slot, instance, line); },
          [this, slot, instance](const std::string& what) {
            callbacks_.on_bad_line(slot, instance, what);
          },
          [this, slot, instance](const TrainerExit& exit) {
            callbacks_.on_exit(slot, instance, exit);
          }});
  process->start();
  running_[slot] = {instance, std::move(process)};
}

void Trainers::on_line(SlotId slot, std::int64_t instance, std::string_view line) {
  const auto event = trainer_lines::parse_event(line);
  if (!event) {
    return callbacks_.on_bad_line(slot, instance, clean_log_line(event.error().message()));
  }
  if (const auto* saved = std::get_if<trainer_lines::Checkpointed>(&*event)) {
    checkpoints_.keep(saved->run, saved->path);
  }
  TrainerProcess* process = find(slot, instance);
  const bool wants_log = std::holds_alternative<trainer_lines::Failed>(*event);
  callbacks_.on_event(slot, instance, *event,
                      wants_log && process != nullptr ? process->log_tail() : std::string());
}

void Trainers::tell(TellTrainer effect) {
  TrainerProcess* process = find(effect.slot, effect.instance);
  if (process == nullptr) return;
  std::visit(
      [&](auto& command) {
        using Command = std::decay_t<decltype(command)>;
        if constexpr (std::is_same_v<Command, trainer_lines::Start> ||
                      std::is_same_v<Command, trainer_lines::Add>) {
          for (auto& replica : command.replicas) {
            replica.resume = checkpoints_.resume_path(replica.run);
          }
        } else if constexpr (std::is_same_v<Command, trainer_lines::Checkpoint>) {
          command.folder = checkpoints_.folder().string();
        }
      },
      effect.command);
  process->write_line(trainer_lines::to_line(effect.command));
}

void Trainers::kill(const KillTrainer& effect) {
  if (TrainerProcess* process = find(effect.slot, effect.instance)) process->kill();
}

}  // namespace scanyard::worker
