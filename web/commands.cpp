#include "web/commands.hpp"

#include <algorithm>
#include <cctype>

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
  return "scanyard plan sweeps/demo.yaml";
}

std::string submit_command() {
  return "scanyard submit sweeps/demo.yaml";
}

std::string worker_command(std::string_view join_file) {
  const std::string file(join_file.empty() ? "join/worker.yaml" : join_file);
  const bool plain = std::all_of(file.begin(), file.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+").find(c) != std::string_view::npos;
  });
  return "scanyard-worker --join " + (plain ? file : shell_quoted(file));
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
