#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/text.hpp"
#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"

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
  std::vector<std::vector<std::string>> rows{{"sweep", "name", "state", "runs", "queued", "running",
                                              "finished", "diverged", "failed", "cancelled"}};
  for (const auto& sweep : sweeps) {
    const Json& runs = sweep["runs"];
    rows.push_back({std::to_string(sweep.value("id", std::int64_t{0})),
                    sweep.value("name", std::string()), sweep.value("state", std::string()),
                    number(runs, "total"), number(runs, "queued"), number(runs, "running"),
                    number(runs, "finished"), number(runs, "diverged"), number(runs, "failed"),
                    number(runs, "cancelled")});
  }
  print_table(rows);
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
  fmt::print(
      "Coordinator {} at {}, epoch {}, since {}\n", coordinator.value("build", std::string()),
      coordinator.value("endpoint", std::string()), coordinator.value("epoch", std::int64_t{0}),
      coordinator.value("started", std::string()));
  fmt::print("{} workers connected, {} of {} slots training\n\n", connected, training, slots);
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
