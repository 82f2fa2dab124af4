#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"

namespace scanyard::service::cli {
namespace {

using Json = nlohmann::ordered_json;

void print_workers(const Json& workers) {
  if (workers.empty()) {
    fmt::print("No worker has connected yet: scanyard-worker --join FILE\n");
    return;
  }
  std::vector<std::vector<std::string>> rows{{"worker", "state", "slot", "device", "doing",
                                              "replicas", "steps/s", "finished", "failed",
                                              "outbox"}};
  for (const auto& worker : workers) {
    bool first = true;
    for (const auto& slot : worker["slots"]) {
      const std::string trains = slot.value("trains", std::string());
      rows.push_back(
          {first ? worker.value("name", std::string()) : std::string(),
           first ? worker.value("state", std::string()) : std::string(),
           std::to_string(slot.value("slot", std::int64_t{0})), slot.value("device", std::string()),
           slot.value("state", std::string()) + (trains.empty() ? "" : ": " + trains),
           std::to_string(slot.value("replicas", std::int64_t{0})),
           fmt::format("{:.1f}", slot.value("steps_per_s", 0.0)),
           first ? std::to_string(worker.value("attempts_finished", std::int64_t{0}))
                 : std::string(),
           first ? std::to_string(worker.value("attempts_failed", std::int64_t{0})) : std::string(),
           first ? std::to_string(worker.value("outbox_records", std::int64_t{0}))
                 : std::string()});
      first = false;
    }
    if (first)
      rows.push_back({worker.value("name", std::string()), worker.value("state", std::string()), "",
                      "", "", "", "", "", "", ""});
  }
  print_table(rows);
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
