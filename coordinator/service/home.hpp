//! The folder that holds everything of one coordinator: database, keys, settings.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "common/error.hpp"

namespace scanyard::service {

/// Where things are in a home folder. A plain value: nothing is touched.
struct Home {
  std::filesystem::path folder;

  std::filesystem::path settings() const { return folder / "scanyard.yaml"; }
  std::filesystem::path server_key() const { return folder / "keys" / "server.yaml"; }
  std::filesystem::path allow_list() const { return folder / "keys" / "allowed.yaml"; }
  std::filesystem::path worker_join() const { return folder / "join" / "worker.yaml"; }
  std::filesystem::path client_join() const { return folder / "join" / "client.yaml"; }
  /// Of another key that `scanyard key add` made.
  std::filesystem::path join(const std::string& name) const {
    return folder / "join" / (name + ".yaml");
  }
  std::filesystem::path web_token() const { return folder / "keys" / "web_token"; }
};

/// Name of the folder that is looked for from the working folder upwards.
inline constexpr const char* home_name = ".scanyard";

/// The home to use: `flag` (from --home) if given, else SCANYARD_HOME, else the nearest .scanyard
/// from the working folder upwards. Errors: service.no_home, also when the folder named is not one.
Result<Home> find_home(const std::optional<std::string>& flag);

/// Whether the folder looks like a home: it has settings.
bool is_home(const std::filesystem::path& folder);

}  // namespace scanyard::service
