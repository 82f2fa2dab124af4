//! How `scanyard-worker` is told what to do: defaults, then the config file, then flags.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/net/keys.hpp"
#include "common/time.hpp"

namespace scanyard::worker {

/// The initialisers are the documented defaults. Empty texts and zeros mean "found out at start".
struct AgentConfig {
  std::string join;        ///< path of a join file; or the next three
  std::string connect;     ///< tcp://HOST:PORT
  std::string server_key;  ///< path of the coordinator's public key
  std::string key;         ///< path of this worker's key pair

  /// "auto": the GPUs that the trainer finds, else the CPU; "cpu"; "cuda": all GPUs; or a list,
  /// "cuda:0,cuda:2".
  std::string device = "auto";
  std::int32_t slots = 1;          ///< trainers side by side, on each GPU where GPUs are used
  std::int32_t threads = 0;        ///< of each trainer; 0 = the CPUs divided by the slots
  std::int32_t max_replicas = 32;  ///< largest pack that a slot takes
  double memory_gb = 0;            ///< that a slot's pack may use; 0 = nine tenths, divided
  std::string state_dir;           ///< "" = $XDG_STATE_HOME/scanyard, else ~/.local/state/scanyard
  std::string train_program;       ///< "" = scanyard-train beside this program, else on PATH

  Duration step_deadline{300'000};        ///< a trainer that makes no step for so long is killed
  Duration first_step_deadline{900'000};  ///< the same, before its first step (data is made then)
  Duration ready_deadline{180'000};       ///< from a trainer's start to its first word
  Duration checkpoint_interval{600'000};  ///< 0 = only at shutdown
  Duration shutdown_deadline{25'000};     ///< from SIGTERM to the end; Slurm grants 30 s
  Duration walltime{0};            ///< leave by itself before so much time has passed; 0 = stay
  std::string log_level = "info";  ///< debug, info, warning, error
};

/// Flags that were given, by the same names; what was not given stays as it was.
struct AgentFlags {
  std::optional<std::string> config_file, join, connect, server_key, key, state_dir, train_program;
  std::optional<std::string> log_level, device;
  std::optional<std::int32_t> slots, threads, max_replicas;
  std::optional<double> memory_gb;
  std::optional<std::int64_t> step_deadline_s, checkpoint_interval_s, shutdown_deadline_s,
      walltime_s;
};

/// Reads a config file's text over `config`. Errors: yaml.*.
Result<void> read_agent_config(std::string_view text, const std::string& source,
                               AgentConfig& config);

/// Defaults, the config file that the flags name, the flags; then checked.
/// Errors: worker.bad_config, net.missing_file, yaml.*.
Result<AgentConfig> agent_config(const AgentFlags& flags);

/// Errors: worker.bad_config with what contradicts what.
Result<void> check_agent_config(const AgentConfig& config);

/// What is in force, as a config file that gives the same again.
std::string to_yaml(const AgentConfig& config);

/// Where and as whom to connect, from the join file or the three separate ones.
struct Identity {
  std::string endpoint;
  std::string server_key;
  net::KeyPair key;
};
/// Errors: those of net's key and join files.
Result<Identity> read_identity(const AgentConfig& config);

/// The trainer to run: `configured`, else scanyard-train beside `own_program`, else on PATH.
/// Errors: worker.no_trainer with where it was looked for.
Result<std::string> find_train_program(const std::string& configured,
                                       const std::string& own_program);

/// The state folder to use when none is configured. Errors: worker.bad_config without a HOME.
Result<std::string> default_state_dir();

}  // namespace scanyard::worker
