//! Starts a child with pipes for its standard streams, in a process group of its own, bound to die
//! with its parent.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "worker/core/events.hpp"

namespace scanyard::worker {

struct ChildOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;                            ///< without the program's name
  std::vector<std::pair<std::string, std::string>> environment;  ///< added to this process's own
};

/// Descriptors belong to the caller and do not block; all close on exec.
struct Child {
  pid_t pid = -1;
  int process = -1;  ///< pidfd: readable when the child has ended
  int in = -1;       ///< its stdin
  int out = -1;      ///< its stdout
  int err = -1;      ///< its stderr
};

/// Starts the child; `failure` says why there is none when that returns false. To be called on a
/// thread that lives as long as the process: the kernel kills the child when that thread ends.
bool start_child(const ChildOptions& options, Child& child, TrainerExit& failure);

/// How an ended child ended. Call once, when `process` is readable.
TrainerExit reap_child(const Child& child);

}  // namespace scanyard::worker
