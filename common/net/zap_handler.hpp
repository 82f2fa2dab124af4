//! Lets nobody in whose public key is not in the allow-list (ZeroMQ's ZAP, RFC 27). CURVE alone
//! would admit any key.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/net/allow_list.hpp"
#include "common/net/context.hpp"
#include "common/read_model.hpp"

namespace boost::asio {
class io_context;
}

namespace scanyard::net {

/// Answers the context's authentication requests from the allow-list, which it reads again when the
/// file changes (checked every second and at every handshake). Start it before any socket binds:
/// while it does not run, nobody is admitted. Lives on one io_context thread, owned by the shell.
class ZapHandler {
 public:
  /// Called with one line for the log: a refusal (at most one a second), a list that cannot be
  /// read.
  using OnEvent = std::function<void(const std::string& line)>;

  ZapHandler(boost::asio::io_context& io, Context& context, AllowList list, OnEvent on_event);
  ~ZapHandler();

  /// Errors: net.socket_failed, also when the context has a handler already.
  Result<void> start();
  /// Closes the socket; nobody is admitted from now on. Idempotent.
  void stop();

  /// True while the key that a peer was admitted with is still listed (removal takes effect on
  /// connections that exist already).
  bool still_allowed(const std::string& public_key) const;
  const AllowList& list() const;

  /// net.admitted, net.unknown_key, net.not_curve, net.allow_list_unreadable.
  std::vector<Counter> counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// Domain of the server's sockets; requests of other domains are refused.
inline constexpr const char* zap_domain = "scanyard";

}  // namespace scanyard::net
