//! What the program's exit status means; docs/cli.md lists the same.
#pragma once

#include "common/error.hpp"

namespace scanyard::service {

enum class ExitCode : int {
  ok = 0,
  failed = 1,          ///< anything that has no code of its own
  usage = 2,           ///< unknown command, missing or wrong option
  bad_input = 3,       ///< a spec or a configuration file has an error
  not_found = 4,       ///< no such sweep, run, worker, file or folder
  unreachable = 5,     ///< the coordinator cannot be reached or does not answer
  refused = 6,         ///< key not listed, wrong role, the sweep's state, or it exists already
  database = 7,        ///< the database is newer, damaged, in use, or on a network file system
  keys = 8,            ///< a key file is missing, wrong, or readable by others
  address_in_use = 9,  ///< another program listens on the port
  incomplete = 10,     ///< watch: the sweep ended, but runs failed or were cancelled
  interrupted = 130,   ///< Ctrl-C
};

/// The status that belongs to an error, from its stable code.
ExitCode exit_code_of(const Error& error);

}  // namespace scanyard::service
