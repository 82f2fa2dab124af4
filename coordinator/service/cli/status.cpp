#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/text.hpp"
#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/counted.hpp"

namespace scanyard::service::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string number(const Json& object, const char* key) {
  return with_thousands(object.value(key, std::int64_t{0}));
}

void print_sweeps(const Json& sweeps) {
  if (sweeps.empty()) {
    fmt::print("No sweep has been submitted yet: scanyard submit FILE\n");
    return;
  }
  // Ends that no sweep has get no column, so that the table fits 80 of them most of the time.
  std::vector<const char*> states{"queued", "running", "finished"};
  for (const char* end : {"diverged", "failed", "cancelled"}) {
    const auto has_some = [&](const Json& sweep) {
      return sweep["runs"].value(end, std::int64_t{0}) > 0;
    };
    if (std::any_of(sweeps.begin(), sweeps.end(), has_some)) states.push_back(end);
  }
  std::vector<std::vector<std::string>> rows{{"sweep", "name", "state", "runs"}};
  rows.front().insert(rows.front().end(), states.begin(), states.end());
  for (const auto& sweep : sweeps) {
    const Json& runs = sweep["runs"];
    rows.push_back({std::to_string(sweep.value("id", std::int64_t{0})),
                    sweep.value("name", std::string()), sweep.value("state", std::string()),
                    number(runs, "total")});
    for (const char* state : states)
      rows.back().push_back(number(runs, state));
  }
  print_table(std::move(rows), 1);
}

void print_coordinator(const Json& status) {
  const Json& coordinator = status["coordinator"];
  std::int64_t connected = 0, slots = 0, training = 0;
  for (const auto& worker : status["workers"]) {
    const std::string state = worker.value("state", std::string());
    if (state != "connected" && state != "draining") continue;
    ++connected;
    for (const auto& slot : worker["slots"]) {
      ++slots;
      training += slot.value("replicas", std::int64_t{0}) > 0;
    }
  }
  fmt::print("Coordinator at {}, build {}\n", coordinator.value("endpoint", std::string()),
             coordinator.value("build", std::string()));
  fmt::print("Epoch {}, started {}Z\n", coordinator.value("epoch", std::int64_t{0}),
             coordinator.value("started", std::string()).substr(0, 19));
  if (connected == 0) {
    fmt::print("No worker is connected: scanyard-worker --join FILE\n\n");
  } else {
    fmt::print("{} connected, {} of {} training\n\n", counted(connected, "worker"), training,
               counted(slots, "slot"));
  }
}

class Status final : public Command {
 public:
  std::string name() const override { return "status"; }
  std::string summary() const override { return "The coordinator, its workers and sweeps"; }
  std::string examples() const override {
    return "scanyard status\n"
           "scanyard status 3\n"
           "scanyard status --json";
  }
  void declare(Options& options) override {
    options.text("sweep", request_.sweep, "Only this one: number or name");
    options.flag("--json", json_, "Print everything as JSON, counters included");
  }
  ExitCode run(const Globals& globals) override {
    auto status = ask(globals, request_);
    if (!status) return report(status.error());
    if (json_) {
      print_json(*status);
      return ExitCode::ok;
    }
    print_coordinator(*status);
    print_sweeps((*status)["sweeps"]);
    return ExitCode::ok;
  }

 private:
  protocol::StatusRequest request_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_status() {
  return std::make_unique<Status>();
}

}  // namespace scanyard::service::cli
