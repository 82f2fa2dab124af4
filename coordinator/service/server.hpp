//! The serving coordinator: one loop around the core, with the socket, the store's thread, timers
//! and signals.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/error.hpp"
#include "coordinator/service/exit_code.hpp"
#include "coordinator/service/home.hpp"
#include "coordinator/service/settings.hpp"

namespace scanyard::service {

/// Owns everything of `scanyard serve`. open() does all that can fail; run() serves until SIGTERM
/// or SIGINT, then stops granting, commits what was reported, says so and returns. Workers go on
/// training meanwhile and afterwards.
///
/// Threads: the loop is the caller of run(); besides it there are the store's thread, the desk's
/// reading threads, the page's threads and ZeroMQ's.
class Server {
 public:
  /// Opens the database, reads the keys, binds the socket and starts the page. Errors: store.*,
  /// net.*, web.*, yaml.*; nothing is left running then.
  static Result<std::unique_ptr<Server>> open(const Home& home, const Settings& settings);
  ~Server();

  ExitCode run();
  /// As SIGTERM does; from any thread, while run() runs.
  void request_stop();

  /// Where workers and clients connect, with the real port.
  std::string endpoint() const;
  /// The page's address with its token; empty without a page.
  std::string page_address() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scanyard::service
