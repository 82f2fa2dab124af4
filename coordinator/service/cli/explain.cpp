#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"

namespace scanyard::service::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "key=value key=value", in lines that fit the terminal.
void print_values(const Json& values) {
  const auto width = static_cast<std::size_t>(std::max(40, terminal_width()));
  std::string line = " ";
  for (const auto& [key, value] : values.items()) {
    const std::string word =
        fmt::format(" {}={}", key, value.is_string() ? value.get<std::string>() : value.dump());
    if (line.size() > 1 && line.size() + word.size() > width) {
      fmt::print("{}\n", line);
      line = " ";
    }
    line += word;
  }
  if (line.size() > 1) fmt::print("{}\n", line);
}

void print(const Json& answer) {
  const Json& run = answer["run"];
  const Json& explanation = answer["explanation"];
  fmt::print("Run {}: {}\n", run.value("id", std::string()),
             explanation.value("state", std::string()));
  print_values(run["shape"]);
  print_values(run["replica"]);
  for (const auto& sweep : run["sweeps"]) {
    fmt::print("  in sweep {} ({})\n", sweep.value("sweep", std::int64_t{0}),
               sweep.value("sweep_name", std::string()));
  }
  fmt::print("\n");
  for (const auto& reason : explanation["reasons"])
    print_wrapped("- ", reason.value("sentence", std::string()), "  ");
  // The log of the last attempt that has one says most about a failure.
  const Json& attempts = run["attempts"];
  for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt) {
    const auto tail = attempt->value("log_tail", std::string());
    if (tail.empty()) continue;
    fmt::print("\nLast lines of attempt {}:\n{}\n", attempt->value("token", std::string()), tail);
    break;
  }
}

class Explain final : public Command {
 public:
  std::string name() const override { return "explain"; }
  std::string summary() const override {
    return "Why a run is not running, or what happened to it";
  }
  std::string examples() const override {
    return "scanyard explain 5f3a09c1\n"
           "scanyard explain 5f3a09c1 --json";
  }
  void declare(Options& options) override {
    options.required("run", request_.run, "A unique prefix of its id");
    options.flag("--json", json_, "Print as JSON, with the run's configuration and attempts");
  }
  ExitCode run(const Globals& globals) override {
    auto answer = ask(globals, request_);
    if (!answer) return report(answer.error());
    if (json_) {
      print_json(*answer);
    } else {
      print(*answer);
    }
    return ExitCode::ok;
  }

 private:
  protocol::ExplainRequest request_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_explain() {
  return std::make_unique<Explain>();
}

}  // namespace scanyard::service::cli
