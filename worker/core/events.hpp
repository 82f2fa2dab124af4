//! What a shell tells the core about its trainers.
#pragma once

#include <string>

namespace scanyard::worker {

/// How a trainer's process ended, or why there is none.
struct TrainerExit {
  enum class Kind {
    code,            ///< ended by itself with `code`
    signal,          ///< killed by signal number `code`
    missing,         ///< there is no such program
    not_executable,  ///< there is one, but it may not or cannot be run
    not_started,     ///< the system refused to start a process
  };
  Kind kind = Kind::code;
  int code = 0;
  bool out_of_memory = false;  ///< the system's OOM killer was at work while it ran
  std::string detail;          ///< the system's reason when it did not start; a signal's name
  std::string log_tail;        ///< last lines of its stderr
};

}  // namespace scanyard::worker
