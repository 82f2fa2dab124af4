//! The coordinator's settings: a strict YAML file whose defaults are the documentation, and flags
//! that win over it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/time.hpp"
#include "coordinator/core/options.hpp"

namespace scanyard::service {

struct WebSettings {
  bool enabled = true;
  std::string bind =
      "127.0.0.1";           ///< literal address; beyond loopback only behind a proxy with TLS
  std::int32_t port = 7480;  ///< 0 = any free one
  std::vector<std::string> host_names;  ///< further names that browsers may use
};

struct Settings {
  std::string listen = "tcp://127.0.0.1:7400";  ///< "tcp://*:7400" for workers on other machines
  std::string advertise;                        ///< what join files name; empty = listen
  std::string database = "scanyard.db";         ///< relative to the home folder
  std::int64_t database_mb_max = 0;             ///< of the database's file; 0 = the disk's limit
  bool allow_network_file_system = false;  ///< of the database; only one machine may ever open it
  std::int64_t runs_per_sweep_max = 2'000'000;
  std::string log_level = "info";  ///< debug, info, warning, error
  WebSettings web;
  core::CoreOptions core;  ///< heartbeat, lease, stall, attempts_max, losses_max
};

/// Errors: yaml.* with file, line, key and the nearest valid key; net.bad_endpoint;
/// service.bad_setting.
Result<Settings> read_settings(const std::string& text, const std::string& source);

/// Whether the settings fit together. Errors: net.bad_endpoint, service.bad_setting.
Result<void> check_settings(const Settings& settings);

/// The YAML text that reads back as the same settings, with a comment for each: what `init` writes
/// and
/// `--print-config` shows.
std::string to_yaml(const Settings& settings);

/// What join files name as the coordinator's endpoint.
std::string advertised_endpoint(const Settings& settings);

}  // namespace scanyard::service
