//! The ZeroMQ context: its I/O thread and the inproc names that sockets of one process share.
#pragma once

#include <memory>

namespace scanyard::net {

/// Owned by the program's shell and alive longer than every channel and handler made with it.
/// Thread-safe.
class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// The library's own handle, for the sockets of this folder.
  void* handle() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace scanyard::net
