//! One file with all that a worker or a client needs to talk to a coordinator; mode 0600, because
//! it holds a secret key. `scanyard init` and `scanyard key add` write it, `--join FILE` reads it.
//!
//!   endpoint: tcp://login1:7400
//!   server_key: "..."          # the coordinator's public key
//!   name: node1                # of this key in the coordinator's allow-list
//!   role: worker
//!   public_key: "..."
//!   secret_key: "..."
#pragma once

#include <filesystem>
#include <string>

#include "common/error.hpp"
#include "common/net/allow_list.hpp"
#include "common/net/keys.hpp"

namespace scanyard::net {

struct JoinFile {
  std::string endpoint;    ///< tcp://HOST:PORT
  std::string server_key;  ///< public, Z85
  std::string name;
  Role role = Role::worker;
  KeyPair key;
};

/// Errors: net.missing_file, net.exposed_file, net.bad_key, net.bad_name, net.bad_endpoint, yaml.*.
Result<JoinFile> read_join_file(const std::filesystem::path& path);
/// Never overwrites. Errors: net.file_exists, net.file_failed.
Result<void> write_join_file(const std::filesystem::path& path, const JoinFile& join);

/// Errors: net.bad_endpoint unless `text` is tcp://HOST:PORT with a port from 1 to 65535.
/// `listening` also takes `*` as the host and 0 as the port.
Result<void> check_endpoint(const std::string& text, bool listening = false);

}  // namespace scanyard::net
