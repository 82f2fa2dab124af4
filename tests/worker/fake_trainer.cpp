//! A trainer without training: speaks trainer lines, counts epochs, and misbehaves when told to.
//!
//! A replica's values say what it does: {"epochs":3,"steps":2,"step_ms":1,"fake":"crash@2"}. The
//! text before '@' is the deed, the number the epoch after which it is done:
//!   crash, kill, exit, hang, garbage, long, forget    the whole process, or its output
//!   fail, diverge, log, slow                          this replica only
//! The environment's FAKE_TRAINER makes it misbehave at the start: silent, exit, version, babble;
//! FAKE_TRAINER_STEP_MS is how long a step takes where the values do not say.
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "common/trainer_lines/lines.hpp"

namespace {

using namespace scanyard;
using trainer_lines::Command;
using trainer_lines::Event;

void say(const Event& event) {
  std::cout << trainer_lines::to_line(event) << '\n' << std::flush;
}

void sleep_ms(std::int64_t ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

EpochPoint point_of(const RunId& run, std::int32_t epoch) {
  return {epoch, 10 * epoch, 2.0 / epoch, (run.bytes[0] % 100) / 100.0, 0.5, 1.0 + 1.0 / epoch};
}

struct Replica {
  RunId run;
  std::int32_t epochs = 3, steps = 2, epoch = 0, step = 0;
  std::int64_t step_ms = 1;
  std::string deed;
  std::int32_t deed_epoch = 0;
};

class FakeTrainer {
 public:
  int run() {
    if (const int code = misbehave_at_start(); code >= 0) return code;
    say(trainer_lines::Ready{trainer_lines::version, "cpu", "fake cpu", "fake"});
    while (!quit_) {
      if (!read_commands()) return 0;
      if (!replicas_.empty()) step();
    }
    return 0;
  }

 private:
  static int misbehave_at_start() {
    const char* how = std::getenv("FAKE_TRAINER");
    const std::string deed = how == nullptr ? "" : how;
    if (deed == "silent") sleep_ms(3'600'000);
    if (deed == "exit") {
      std::cerr << "no license found\n";
      return 7;
    }
    if (deed == "version") {
      say(trainer_lines::Ready{99, "cpu", "fake", "fake"});
      sleep_ms(3'600'000);
    }
    if (deed == "babble") {
      std::cout << "Loading model weights...\n" << std::flush;
      sleep_ms(3'600'000);
    }
    return -1;
  }

  /// False at the end of stdin. Waits for a command only while nothing is to be trained.
  bool read_commands() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (poll(&input, 1, replicas_.empty() && !quit_ ? -1 : 0) > 0) {
      char buffer[65536];
      const auto got = read(STDIN_FILENO, buffer, sizeof buffer);
      if (got <= 0) return false;
      pending_.append(buffer, static_cast<std::size_t>(got));
      for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
        const auto command = trainer_lines::parse_command(pending_.substr(0, end));
        pending_.erase(0, end + 1);
        if (!command) {
          std::cerr << "fake trainer: " << command.error().to_string() << '\n';
          std::exit(90);
        }
        std::visit([this](const auto& one) { obey(one); }, *command);
      }
      if (!replicas_.empty() || quit_) return true;
    }
    return true;
  }

  void obey(const trainer_lines::Start& start) {
    if (running_) std::exit(91);
    running_ = true;
    for (const auto& replica : start.replicas)
      take(replica);
    say(trainer_lines::Started{static_cast<std::int32_t>(start.replicas.size())});
    for (const auto& replica : start.replicas)
      repeat_epochs(replica.run);
  }
  void obey(const trainer_lines::Add& add) {
    for (const auto& replica : add.replicas) {
      if (!running_) {
        say(trainer_lines::Failed{replica.run, "trainer.no_pack", "no pack is running"});
        continue;
      }
      take(replica);
      repeat_epochs(replica.run);
    }
  }
  void obey(const trainer_lines::Stop& stop) {
    for (const auto& run : stop.runs) {
      if (replicas_.erase(run) > 0) say(trainer_lines::Stopped{run});
    }
    idle_when_done();
  }
  void obey(const trainer_lines::Checkpoint& checkpoint) {
    for (const auto& [run, replica] : replicas_) {
      const auto path = std::filesystem::path(checkpoint.folder) / (run.hex() + ".fake");
      std::ofstream(path) << replica.epoch << '\n';
      say(trainer_lines::Checkpointed{run, path.string(), replica.epoch});
    }
  }
  void obey(const trainer_lines::Quit&) { quit_ = true; }

  void take(const trainer_lines::Replica& given) {
    const auto values = nlohmann::json::parse(given.values_json);
    Replica replica;
    replica.run = given.run;
    replica.epochs = values.value("epochs", 3);
    replica.steps = values.value("steps", 2);
    static const char* step_ms = std::getenv("FAKE_TRAINER_STEP_MS");
    replica.step_ms = values.value("step_ms", step_ms == nullptr ? 1 : std::atoi(step_ms));
    const std::string fake = values.value("fake", "");
    replica.deed = fake.substr(0, fake.find('@'));
    if (fake.find('@') != std::string::npos)
      replica.deed_epoch = std::stoi(fake.substr(fake.find('@') + 1));
    if (!given.resume.empty()) std::ifstream(given.resume) >> replica.epoch;
    replicas_[given.run] = replica;
  }

  void repeat_epochs(const RunId& run) {
    for (int epoch = 1; epoch <= replicas_.at(run).epoch; ++epoch) {
      say(trainer_lines::Epoch{run, point_of(run, epoch)});
    }
  }

  void step() {
    std::int64_t pause = 0;
    for (const auto& [run, replica] : replicas_)
      pause = std::max(pause, replica.step_ms);
    sleep_ms(pause);
    steps_ += static_cast<std::int64_t>(replicas_.size());
    say(trainer_lines::Alive{steps_});
    std::vector<RunId> ended;
    for (auto& [run, replica] : replicas_) {
      if (++replica.step < replica.steps) continue;
      replica.step = 0;
      ++replica.epoch;
      say(trainer_lines::Epoch{run, point_of(run, replica.epoch)});
      if (after_epoch(replica)) ended.push_back(run);
    }
    for (const auto& run : ended)
      replicas_.erase(run);
    idle_when_done();
  }

  /// True when the replica has ended.
  bool after_epoch(Replica& replica) {
    const bool due = replica.epoch == replica.deed_epoch;
    if (due && replica.deed == "fail") {
      std::cerr << "cannot train this\n";
      say(trainer_lines::Failed{replica.run, "trainer.bad_shape", "m must be positive"});
      return true;
    }
    if (due && replica.deed == "forget") return true;
    if (due && replica.deed == "log") {
      for (int i = 0; i < 5000; ++i)
        std::cerr << "\x1b[31mline " << i << "\x1b[0m of the log\n";
    }
    const bool diverges = due && replica.deed == "diverge";
    if (due) misbehave(replica.deed);
    if (!diverges && replica.epoch < replica.epochs) return false;
    RunOutcome outcome;
    outcome.diverged = diverges;
    outcome.epochs_done = replica.epoch;
    outcome.steps_done = 10 * replica.epoch;
    outcome.at_lowest_perplexity = point_of(replica.run, replica.epoch);
    outcome.at_best_accuracy = outcome.at_last = outcome.at_lowest_perplexity;
    outcome.pack_size = static_cast<std::int32_t>(replicas_.size());
    outcome.device = "cpu: fake";
    outcome.build = "fake";
    say(trainer_lines::Finished{replica.run, outcome});
    return true;
  }

  static void misbehave(const std::string& deed) {
    const auto die_by = [](int number) {
      std::cerr << "about to die\n";
      signal(number, SIG_DFL);
      raise(number);
    };
    if (deed == "crash") die_by(SIGSEGV);
    if (deed == "kill") die_by(SIGKILL);
    if (deed == "exit") {
      std::cerr << "giving up\n";
      std::exit(3);
    }
    if (deed == "hang") sleep_ms(3'600'000);
    if (deed == "garbage") std::cout << "hello world\n" << std::flush;
    if (deed == "long")
      std::cout << std::string(trainer_lines::line_bytes_max + 10, 'x') << std::flush;
    if (deed == "garbage" || deed == "long") sleep_ms(3'600'000);
  }

  void idle_when_done() {
    if (!running_ || !replicas_.empty()) return;
    running_ = false;
    say(trainer_lines::Idle{});
  }

  std::map<RunId, Replica> replicas_;
  std::string pending_;
  std::int64_t steps_ = 0;
  bool running_ = false;
  bool quit_ = false;
};

}  // namespace

int main() {
  return FakeTrainer().run();
}
