#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"

namespace scanyard::service::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string number(const Json& object, const char* key) {
  return std::to_string(object.value(key, std::int64_t{0}));
}

std::string text(const Json& object, const char* key) {
  return object.value(key, std::string());
}

void print_workers(const Json& workers) {
  if (workers.empty()) {
    fmt::print("No worker has connected yet: scanyard-worker --join FILE\n");
    return;
  }
  std::vector<std::vector<std::string>> rows{
      {"worker", "state", "slots", "finished", "failed", "outbox", "heard of"}};
  for (const auto& worker : workers) {
    rows.push_back({text(worker, "name"), text(worker, "state"),
                    std::to_string(worker["slots"].size()), number(worker, "attempts_finished"),
                    number(worker, "attempts_failed"), number(worker, "outbox_records"),
                    text(worker, "last_seen").substr(0, 19) + "Z"});
  }
  print_table(std::move(rows));
}

/// What each slot of the workers that are there does now.
void print_slots(const Json& workers) {
  std::vector<std::vector<std::string>> rows{
      {"worker", "slot", "device", "runs", "steps/s", "doing"}};
  for (const auto& worker : workers) {
    if (text(worker, "state") != "connected" && text(worker, "state") != "draining") continue;
    for (const auto& slot : worker["slots"]) {
      const std::string trains = text(slot, "trains");
      rows.push_back({text(worker, "name"), number(slot, "slot"), text(slot, "device"),
                      number(slot, "replicas"),
                      fmt::format("{:.1f}", slot.value("steps_per_s", 0.0)),
                      text(slot, "state") + (trains.empty() ? "" : ": " + trains)});
    }
  }
  if (rows.size() == 1) return;
  fmt::print("\n");
  print_table(std::move(rows), 5);
}

class Workers final : public Command {
 public:
  std::string name() const override { return "workers"; }
  std::string summary() const override { return "Workers, their slots and what they train"; }
  std::string examples() const override {
    return "scanyard workers\n"
           "scanyard workers --json";
  }
  void declare(Options& options) override { options.flag("--json", json_, "Print as JSON"); }
  ExitCode run(const Globals& globals) override {
    auto status = ask(globals, protocol::StatusRequest{});
    if (!status) return report(status.error());
    const Json& workers = (*status)["workers"];
    if (json_) {
      print_json({{"workers", workers}});
    } else {
      print_workers(workers);
      print_slots(workers);
    }
    return ExitCode::ok;
  }

 private:
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_workers() {
  return std::make_unique<Workers>();
}

}  // namespace scanyard::service::cli
