#include "coordinator/service/cli/watch.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/progress.hpp"

namespace scanyard::service::cli {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds poll_terminal{500};
constexpr std::chrono::milliseconds poll_plain{1'000};
/// A pipe gets a line when something ended, but not more often than this.
constexpr std::chrono::seconds plain_interval{5};

struct Watched {
  std::string name;
  StateCounts counts;
};

/// The one sweep of the answer, or all of them added up.
Watched read_watched(const Json& status, const std::string& sweep) {
  Watched watched{sweep.empty() ? "all sweeps" : "", {}};
  for (const auto& item : status["sweeps"]) {
    const Json& runs = item["runs"];
    const auto add = [&](const char* key, std::uint64_t& to) {
      to += runs.value(key, std::uint64_t{0});
    };
    if (!sweep.empty()) watched.name = item.value("name", std::string());
    add("queued", watched.counts.queued);
    add("running", watched.counts.running);
    add("finished", watched.counts.finished);
    add("diverged", watched.counts.diverged);
    add("failed", watched.counts.failed);
    add("cancelled", watched.counts.cancelled);
  }
  return watched;
}

std::string progress_json(const Watched& watched, const ProgressRate& rate) {
  const StateCounts& counts = watched.counts;
  const auto or_null = [](std::optional<double> value) {
    return value ? Json(*value) : Json(nullptr);
  };
  const Json line = {{"sweep", watched.name},
                     {"runs",
                      {{"total", counts.total()},
                       {"queued", counts.queued},
                       {"running", counts.running},
                       {"finished", counts.finished},
                       {"diverged", counts.diverged},
                       {"failed", counts.failed},
                       {"cancelled", counts.cancelled}}},
                     {"ended", counts.queued + counts.running == 0},
                     {"runs_per_s", or_null(rate.runs_per_s())},
                     {"seconds_left", or_null(rate.seconds_left())}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Writes progress to stdout in the form that suits it.
class Display {
 public:
  explicit Display(Progress form)
      : form_(form), terminal_(form == Progress::text && stdout_is_terminal()) {}

  void show(const Watched& watched, const ProgressRate& rate, bool last) {
    if (form_ == Progress::quiet) return;
    if (terminal_) {
      fmt::print("\r\x1b[K{}{}",
                 progress_bar(watched.name, watched.counts, rate, terminal_width() - 1),
                 last ? "\n" : "");
      std::fflush(stdout);
      return;
    }
    const auto ended = ended_of(watched.counts);
    const bool news = ended != shown_ && Clock::now() - at_ >= plain_interval;
    if (!last && !news && at_ != Clock::time_point{}) return;
    fmt::print("{}\n", form_ == Progress::json ? progress_json(watched, rate)
                                               : progress_text(watched.name, watched.counts, rate));
    std::fflush(stdout);
    shown_ = ended;
    at_ = Clock::now();
  }
  void say(const std::string& line) const {
    fmt::print(form_ == Progress::text ? stdout : stderr, "{}{}\n", terminal_ ? "\r\x1b[K" : "",
               line);
    std::fflush(stdout);
  }
  bool terminal() const { return terminal_; }

 private:
  Progress form_;
  bool terminal_;
  std::uint64_t shown_ = 0;
  Clock::time_point at_{};
};

TimePoint since(Clock::time_point start) {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count()};
}

class Watch final : public Command {
 public:
  std::string name() const override { return "watch"; }
  std::string summary() const override {
    return "Follow a sweep until it is done; the exit code says whether all runs succeeded";
  }
  std::string examples() const override {
    return "scanyard watch 3\n"
           "scanyard watch s5_small && scanyard results s5_small\n"
           "scanyard watch 3 --json | jq .seconds_left";
  }
  void declare(Options& options) override {
    options.text("sweep", sweep_, "Number or name; all sweeps when left out");
    options.flag("--json", json_, "Print a line of JSON whenever something has changed");
  }
  ExitCode run(const Globals& globals) override {
    auto client = open_client(globals);
    if (!client) return report(client.error());
    return watch_sweep(**client, sweep_, json_ ? Progress::json : Progress::text);
  }

 private:
  std::string sweep_;
  bool json_ = false;
};

}  // namespace

ExitCode watch_sweep(Client& client, const std::string& sweep, Progress form) {
  Display display(form);
  ProgressRate rate;
  const auto start = Clock::now();
  bool away = false, seen = false;
  while (true) {
    auto status = ask(client, protocol::StatusRequest{sweep});
    if (!status) {
      const bool may_come_back = status.error().code() == errc::unreachable ||
                                 status.error().code() == errc::no_answer ||
                                 status.error().code() == errc::stopping;
      if (!seen || !may_come_back) return report(status.error());
      if (!away) display.say("The coordinator is away; workers go on training. Waiting for it.");
      away = true;
      std::this_thread::sleep_for(poll_plain);
      continue;
    }
    if (away) display.say("The coordinator is back.");
    away = false;
    seen = true;
    const Watched watched = read_watched(*status, sweep);
    rate.note(watched.counts, since(start));
    const bool done = watched.counts.queued + watched.counts.running == 0;
    display.show(watched, rate, done);
    if (done) {
      const bool all = watched.counts.failed + watched.counts.cancelled == 0;
      return all ? ExitCode::ok : ExitCode::incomplete;
    }
    std::this_thread::sleep_for(display.terminal() ? poll_terminal : poll_plain);
  }
}

std::unique_ptr<Command> make_watch() {
  return std::make_unique<Watch>();
}

}  // namespace scanyard::service::cli
