//! The commands that change a sweep: cancel, retry, pause, resume, priority; and drain, which
//! changes a worker.
#include <fmt/format.h>

#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/errc.hpp"

namespace scanyard::service::cli {
namespace {

class Cancel final : public Command {
 public:
  std::string name() const override { return "cancel"; }
  std::string summary() const override { return "Give up a sweep's open runs, for a reason"; }
  std::string examples() const override {
    return "scanyard cancel 3 --reason 'wrong learning rates'\n"
           "scanyard cancel s5_small --reason 'superseded by s5_wide'";
  }
  void declare(Options& options) override {
    options.required("sweep", request_.sweep, "Number or name");
    options.required("--reason", request_.reason, "What people will read beside the runs");
    options.flag("--json", json_, "Print the answer as JSON");
  }
  ExitCode run(const Globals& globals) override {
    if (request_.reason.find_first_not_of(" \t\n") == std::string::npos)
      return report(Error(errc::bad_usage, "--reason is empty: say why, in a few words"));
    return ask_and_print_message(globals, request_, json_);
  }

 private:
  protocol::CancelRequest request_;
  bool json_ = false;
};

class Retry final : public Command {
 public:
  std::string name() const override { return "retry"; }
  std::string summary() const override {
    return "Open failed runs of a sweep (or one run) again; done runs are never touched";
  }
  std::string examples() const override {
    return "scanyard retry 3\n"
           "scanyard retry 3 --state failed --state cancelled\n"
           "scanyard retry --run 5f3a09c1";
  }
  void declare(Options& options) override {
    options.text("sweep", request_.sweep, "Number or name");
    options.text("--run", request_.run, "Only this run: a unique prefix of its id");
    options.list("--state", states_, "failed (the default), cancelled or diverged");
    options.flag("--json", json_, "Print the answer as JSON");
  }
  ExitCode run(const Globals& globals) override {
    if (request_.sweep.empty() == request_.run.empty())
      return report(Error(errc::bad_usage, "name either a sweep or, with --run, a run"));
    for (const auto& word : states_) {
      const auto state = run_state_from_text(word);
      if (!state) {
        return report(
            Error(errc::bad_usage,
                  fmt::format("'{}' is no state; write failed, cancelled or diverged", word)));
      }
      request_.states.push_back(*state);
    }
    return ask_and_print_message(globals, request_, json_);
  }

 private:
  protocol::RetryRequest request_;
  std::vector<std::string> states_;
  bool json_ = false;
};

class Hold final : public Command {
 public:
  explicit Hold(bool resume) { request_.resume = resume; }
  std::string name() const override { return request_.resume ? "resume" : "pause"; }
  std::string summary() const override {
    return request_.resume ? "Go on granting a paused sweep"
                           : "Grant nothing more of a sweep for now; what is running goes on";
  }
  std::string examples() const override {
    return fmt::format("scanyard {0} 3\nscanyard {0} s5_small --json", name());
  }
  void declare(Options& options) override {
    options.required("sweep", request_.sweep, "Number or name");
    options.flag("--json", json_, "Print the answer as JSON");
  }
  ExitCode run(const Globals& globals) override {
    return ask_and_print_message(globals, request_, json_);
  }

 private:
  protocol::PauseRequest request_;
  bool json_ = false;
};

class Priority final : public Command {
 public:
  std::string name() const override { return "priority"; }
  std::string summary() const override {
    return "Grant a sweep before (positive) or after (negative) the others; all start at 0";
  }
  std::string examples() const override {
    return "scanyard priority 3 10\nscanyard priority s5_small -5";
  }
  void declare(Options& options) override {
    options.required("sweep", request_.sweep, "Number or name");
    options.required_integer("priority", priority_, "Higher comes first", -1'000'000, 1'000'000);
    options.flag("--json", json_, "Print the answer as JSON");
  }
  ExitCode run(const Globals& globals) override {
    request_.priority = static_cast<std::int32_t>(priority_);
    return ask_and_print_message(globals, request_, json_);
  }

 private:
  protocol::PriorityRequest request_;
  std::int64_t priority_ = 0;
  bool json_ = false;
};

class Drain final : public Command {
 public:
  std::string name() const override { return "drain"; }
  std::string summary() const override {
    return "Give a worker nothing new; it leaves when its runs have ended";
  }
  std::string examples() const override {
    return "scanyard drain node1-3f2a   # the name that scanyard workers shows";
  }
  void declare(Options& options) override {
    options.required("worker", request_.worker, "Its name, as scanyard workers shows it");
    options.flag("--json", json_, "Print the answer as JSON");
  }
  ExitCode run(const Globals& globals) override {
    return ask_and_print_message(globals, request_, json_);
  }

 private:
  protocol::DrainRequest request_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_cancel() {
  return std::make_unique<Cancel>();
}
std::unique_ptr<Command> make_retry() {
  return std::make_unique<Retry>();
}
std::unique_ptr<Command> make_pause() {
  return std::make_unique<Hold>(false);
}
std::unique_ptr<Command> make_resume() {
  return std::make_unique<Hold>(true);
}
std::unique_ptr<Command> make_priority() {
  return std::make_unique<Priority>();
}
std::unique_ptr<Command> make_drain() {
  return std::make_unique<Drain>();
}

}  // namespace scanyard::service::cli
