//! Makes the folder of a new coordinator.
#pragma once

#include <filesystem>
#include <string>

#include "common/error.hpp"
#include "common/net/allow_list.hpp"
#include "coordinator/service/home.hpp"
#include "coordinator/service/settings.hpp"

namespace scanyard::service {

/// Database, keys (mode 0600), settings, allow-list, and a join file each for a worker and a
/// client. Makes nothing when something of it is there already, and removes what it has made when a
/// later step fails. Errors: service.home_exists, service.file_failed, net.*, store.*.
Result<Home> make_home(const std::filesystem::path& folder, const Settings& settings,
                       const std::string& added);

/// A new key in the allow-list and its join file. Errors: net.already_listed, net.bad_name,
/// net.file_exists.
Result<std::filesystem::path> add_key(const Home& home, const Settings& settings,
                                      const std::string& name, net::Role role,
                                      const std::string& added);

/// The settings of a home. Errors: yaml.*, service.file_failed, service.bad_setting.
Result<Settings> load_settings(const Home& home);

}  // namespace scanyard::service
