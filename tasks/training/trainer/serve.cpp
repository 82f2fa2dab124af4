#include "tasks/training/trainer/serve.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

#include "common/build_info.hpp"
#include "tasks/training/trainer/line_input.hpp"
#include "tasks/training/trainer/line_output.hpp"
#include "tasks/training/trainer/session.hpp"

namespace scanyard::training {
namespace {

/// How long a step may go on after the agent is gone.
constexpr std::chrono::seconds orphan_grace{10};

void note(NoteLevel level, const std::string& text) {
  switch (level) {
    case NoteLevel::info:
      return spdlog::info(text);
    case NoteLevel::warning:
      return spdlog::warn(text);
    case NoteLevel::error:
      return spdlog::error(text);
  }
}

void handle(Session& session, const LineInput::Item& item) {
  if (item) {
    session.handle(*item);
  } else {
    spdlog::warn("event=bad_line message=\"{}\"", item.error().to_string());
  }
}

}  // namespace

int serve(const TrainingDevice& device, int input, int output) {
  std::atomic<bool> broken{false};
  LineOutput out(output, [&broken] { broken = true; });
  out.write(trainer_lines::Ready{
      .device = device.id, .device_name = device.name, .build = std::string(build_text())});
  AliveThread alive(out);
  Session session(
      {.options = device.options,
       .now_s =
           [] {
             const auto now = std::chrono::steady_clock::now().time_since_epoch();
             return std::chrono::duration<double>(now).count();
           },
       .device = device.description,
       .build = std::string(build_text()),
       .device_works = [&device] { return works(device); },
       .on_step = [&alive] { alive.count_step(); }},
      {.emit = [&out](const trainer_lines::Event& event) { out.write(event); }, .note = note});
  LineInput lines(input, orphan_grace, [] {
    spdlog::error("event=orphaned message=\"the input ended and the step did not\"");
    ::_exit(1);
  });
  while (!session.quitting() && !broken && !session.device_lost()) {
    alive.set_training(session.training());
    if (!session.training()) {
      const auto item = lines.wait();
      if (!item) break;
      handle(session, *item);
      continue;
    }
    while (auto item = lines.poll())
      handle(session, *item);
    if (lines.closed()) break;
    session.advance();
  }
  if (session.device_lost()) {
    spdlog::error("event=ended reason=device_lost");
    return 4;
  }
  spdlog::info("event=ended reason={}",
               session.quitting() ? "quit" : (broken ? "output_closed" : "input_closed"));
  return 0;
}

}  // namespace scanyard::training
