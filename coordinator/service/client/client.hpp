//! The command line's way to the coordinator: one question, one answer, waiting in between.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/net/join_file.hpp"
#include "common/protocol/client.hpp"

namespace scanyard::service {

struct ClientTimeouts {
  std::chrono::milliseconds connect{10'000};  ///< to reach the coordinator
  std::chrono::milliseconds answer{600'000};  ///< to get the answer, once it was reached
};

/// A connection of a client's key. Asks again with the same request id when the connection broke,
/// so that a command takes effect once. Threads: none; ask() runs the loop in the caller's.
class Client {
 public:
  /// Does not connect yet. Errors: net.*.
  static Result<std::unique_ptr<Client>> open(const net::JoinFile& join,
                                              const ClientTimeouts& timeouts);
  ~Client();

  /// The answer's JSON text, or the coordinator's error. Errors: client.unreachable with the
  /// address, client.refused, client.no_answer.
  Result<std::string> ask(const protocol::ClientQuestion& question);

  const std::string& endpoint() const;

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scanyard::service
