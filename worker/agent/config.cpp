#include "worker/agent/config.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "common/net/join_file.hpp"
#include "common/net/secret_file.hpp"
#include "common/text.hpp"
#include "common/yaml/strict.hpp"
#include "worker/agent/devices.hpp"
#include "worker/agent/errc.hpp"

namespace scanyard::worker {
namespace {

namespace fs = std::filesystem;

constexpr std::int32_t slots_max = 256;
constexpr std::int32_t replicas_max = 4096;
/// Three packs a slot must fit into one Hello (protocol::limits::attempts_max).
constexpr std::int64_t replicas_of_all_slots_max = 21'845;

template <class T>
void take(const std::optional<T>& flag, T& target) {
  if (flag) target = *flag;
}

void take_seconds(const std::optional<std::int64_t>& flag, Duration& target) {
  if (flag) target = {*flag * 1000};
}

tl::unexpected<Error> bad(const std::string& what) {
  return fail(errc::bad_config, what);
}

std::string seconds(Duration duration) {
  return duration.ms % 1000 == 0 ? fmt::format("{} s", duration.ms / 1000)
                                 : fmt::format("{} ms", duration.ms);
}

bool is_program(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<void> read_agent_config(std::string_view text, const std::string& source,
                               AgentConfig& config) {
  auto document = yaml::parse(text, source);
  if (!document) return propagate(document);
  yaml::Mapping root(*document);
  root.optional("join", config.join);
  root.optional("connect", config.connect);
  root.optional("server_key", config.server_key);
  root.optional("key", config.key);
  root.optional("device", config.device);
  root.optional("slots", config.slots);
  root.optional("threads", config.threads);
  root.optional("max_replicas", config.max_replicas);
  root.optional("memory_gb", config.memory_gb);
  root.optional("state_dir", config.state_dir);
  root.optional("train_program", config.train_program);
  root.optional("step_deadline", config.step_deadline);
  root.optional("first_step_deadline", config.first_step_deadline);
  root.optional("ready_deadline", config.ready_deadline);
  root.optional("checkpoint_interval", config.checkpoint_interval);
  root.optional("shutdown_deadline", config.shutdown_deadline);
  root.optional("walltime", config.walltime);
  root.choice("log_level", config.log_level, {"debug", "info", "warning", "error"});
  return root.finish();
}

Result<AgentConfig> agent_config(const AgentFlags& flags) {
  AgentConfig config;
  if (flags.config_file) {
    auto text = net::read_whole_file(*flags.config_file, "give --config a file that exists");
    if (!text) return propagate(text);
    auto read = read_agent_config(*text, *flags.config_file, config);
    if (!read) return propagate(read);
  }
  // A flag that says how to connect replaces what the file says about it.
  if (flags.join) config.connect = config.server_key = config.key = {};
  if (flags.connect) config.join = {};
  take(flags.join, config.join);
  take(flags.connect, config.connect);
  take(flags.server_key, config.server_key);
  take(flags.key, config.key);
  take(flags.state_dir, config.state_dir);
  take(flags.train_program, config.train_program);
  take(flags.log_level, config.log_level);
  take(flags.device, config.device);
  take(flags.slots, config.slots);
  take(flags.threads, config.threads);
  take(flags.max_replicas, config.max_replicas);
  take(flags.memory_gb, config.memory_gb);
  take_seconds(flags.step_deadline_s, config.step_deadline);
  take_seconds(flags.checkpoint_interval_s, config.checkpoint_interval);
  take_seconds(flags.shutdown_deadline_s, config.shutdown_deadline);
  take_seconds(flags.walltime_s, config.walltime);
  if (auto ok = check_agent_config(config); !ok) return propagate(ok);
  return config;
}

Result<void> check_agent_config(const AgentConfig& config) {
  const bool separate =
      !config.connect.empty() || !config.server_key.empty() || !config.key.empty();
  if (config.join.empty() && !separate) {
    return bad(
        "say which coordinator to work for: --join FILE (`scanyard key add NAME` on its "
        "machine writes that file)");
  }
  if (!config.join.empty() && separate) {
    return bad("--join says everything; leave out --connect, --server-key and --key");
  }
  if (separate && (config.connect.empty() || config.server_key.empty() || config.key.empty())) {
    return bad("--connect, --server-key and --key go together: give all three, or --join FILE");
  }
  const auto in_range = [](const char* name, std::int64_t value, std::int64_t low,
                           std::int64_t high) -> Result<void> {
    if (value >= low && value <= high) return {};
    return bad(fmt::format("{} must be from {} to {}, not {}", name, low, high, value));
  };
  const std::int64_t all = std::int64_t{config.slots} * config.max_replicas;
  constexpr std::int64_t day_ms = 86'400'000;
  const Result<void> checks[] = {
      in_range("slots", config.slots, 1, slots_max),
      in_range("threads", config.threads, 0, 65'536),
      in_range("max_replicas", config.max_replicas, 1, replicas_max),
      in_range("slots times max_replicas", all, 1, replicas_of_all_slots_max),
      in_range("step_deadline in ms", config.step_deadline.ms, 100, 7 * day_ms),
      in_range("first_step_deadline in ms", config.first_step_deadline.ms, 100, 7 * day_ms),
      in_range("ready_deadline in ms", config.ready_deadline.ms, 100, day_ms),
      in_range("checkpoint_interval in ms", config.checkpoint_interval.ms, 0, 7 * day_ms),
      in_range("shutdown_deadline in ms", config.shutdown_deadline.ms, 1'000, day_ms),
      in_range("walltime in ms", config.walltime.ms, 0, 365 * day_ms),
  };
  for (const auto& check : checks) {
    if (!check) return check;
  }
  if (config.walltime.ms > 0 && config.walltime <= config.shutdown_deadline) {
    return bad("walltime must be longer than shutdown_deadline, which is part of it");
  }
  if (!is_device_choice(config.device)) {
    return bad(fmt::format("'{}' is no choice of devices: auto, cpu, cuda, or a list of GPUs such "
                           "as cuda:0,cuda:1",
                           config.device));
  }
  if (!(config.memory_gb >= 0)) return bad("memory_gb must not be negative");
  const std::vector<std::string> levels = {"debug", "info", "warning", "error"};
  for (const auto& level : levels) {
    if (level == config.log_level) return {};
  }
  return bad(fmt::format("'{}' is no log level{}", config.log_level,
                         yaml::suggestion(config.log_level, levels)));
}

std::string to_yaml(const AgentConfig& c) {
  std::string text = "# What was set; 0, and what does not stand here, is found out at start.\n";
  const auto path = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}: \"{}\"\n", name, value);
  };
  path("join", c.join);
  path("connect", c.connect);
  path("server_key", c.server_key);
  path("key", c.key);
  text += fmt::format("device: \"{}\"\n", c.device);
  text += fmt::format("slots: {}\nthreads: {}\nmax_replicas: {}\nmemory_gb: {}\n", c.slots,
                      c.threads, c.max_replicas, canonical_number(c.memory_gb));
  path("state_dir", c.state_dir);
  path("train_program", c.train_program);
  const std::pair<const char*, Duration> spans[] = {
      {"step_deadline", c.step_deadline},         {"first_step_deadline", c.first_step_deadline},
      {"ready_deadline", c.ready_deadline},       {"checkpoint_interval", c.checkpoint_interval},
      {"shutdown_deadline", c.shutdown_deadline}, {"walltime", c.walltime},
  };
  for (const auto& [name, span] : spans)
    text += fmt::format("{}: {}\n", name, seconds(span));
  return text + fmt::format("log_level: {}\n", c.log_level);
}

Result<Identity> read_identity(const AgentConfig& config) {
  if (!config.join.empty()) {
    auto join = net::read_join_file(config.join);
    if (!join) return propagate(join);
    if (join->role != net::Role::worker) {
      return bad(
          fmt::format("{} is a client's join file: make one for a worker with `scanyard key add "
                      "NAME`",
                      config.join));
    }
    return Identity{join->endpoint, join->server_key, join->key};
  }
  auto server_key =
      net::read_public_key(config.server_key, "copy server.pub from the coordinator's folder");
  if (!server_key) return propagate(server_key);
  auto key =
      net::read_key_pair(config.key, "run `scanyard key add NAME` on the coordinator's machine");
  if (!key) return propagate(key);
  return Identity{config.connect, *server_key, *key};
}

Result<std::string> find_train_program(const std::string& configured,
                                       const std::string& own_program) {
  constexpr const char* name = "scanyard-train";
  if (!configured.empty()) {
    std::error_code ignored;
    if (is_program(configured)) return fs::absolute(configured, ignored).string();
    const bool there = fs::exists(configured, ignored);
    return fail(errc::no_trainer,
                fmt::format("the trainer program {} {}", configured,
                            there ? "cannot be run: is it executable?" : "does not exist"));
  }
  const fs::path beside = fs::path(own_program).parent_path() / name;
  if (is_program(beside)) return beside.string();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (is_program(fs::path(folder) / name)) return (fs::path(folder) / name).string();
  }
  return fail(
      errc::no_trainer,
      fmt::format("there is no {} beside this program ({}) and none on PATH: build it, or say "
                  "where it is with --train-program",
                  name, beside.parent_path().string()));
}

Result<std::string> default_state_dir() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/scanyard";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/scanyard";
  return bad("there is no HOME to keep the worker's state in: give --state-dir DIR");
}

}  // namespace scanyard::worker
