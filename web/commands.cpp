#include "web/commands.hpp"

namespace scanyard::web {

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string plan_command() {
  return "scanyard plan sweeps/smoke.yaml";
}

std::string submit_command() {
  return "scanyard submit sweeps/smoke.yaml";
}

std::string worker_command(std::string_view endpoint) {
  const std::string_view target = endpoint.empty() ? "tcp://127.0.0.1:7400" : endpoint;
  return "scanyard-worker --connect " + std::string(target);
}

std::string repeat_command(std::string_view shape_json, std::string_view replica_json) {
  return "scanyard-train --shape " + shell_quoted(shape_json) + " --replica " +
         shell_quoted(replica_json);
}

std::string explain_command(const RunId& run) {
  return "scanyard explain " + run.short_hex();
}

std::string retry_command(const RunId& run) {
  return "scanyard retry --run " + run.short_hex();
}

std::string retry_sweep_command(SweepId sweep) {
  return "scanyard retry " + std::to_string(sweep.value) + " --state failed";
}

}  // namespace scanyard::web
