//! A worker that trains nothing: it answers every grant with results at once, over a real socket.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "common/net/client_channel.hpp"
#include "common/net/join_file.hpp"

namespace scanyard::bench {

struct LoadOptions {
  net::JoinFile join;
  std::string name;
  int slots = 2;
  int replicas = 512;     ///< of one pack
  int points = 2;         ///< of every curve
  bool progress = false;  ///< sends every point on its own, too
};

struct LoadCounts {
  std::uint64_t granted = 0, reported = 0, acknowledged = 0, points_sent = 0;
};

/// Lives on one io_context thread.
class LoadWorker {
 public:
  LoadWorker(boost::asio::io_context& io, net::Context& context, LoadOptions options);
  Result<void> start();
  void stop();
  const LoadCounts& counts() const { return counts_; }

 private:
  void on_link(net::Link link);
  void on_message(const protocol::Header& header, std::string_view body);
  void on_grant(const protocol::Grant& grant);
  void hello();
  void want(std::int64_t slot);
  void beat();

  LoadOptions options_;
  net::ClientChannel channel_;
  boost::asio::steady_timer timer_;
  std::string instance_;
  LoadCounts counts_;
  std::set<Token> held_;  ///< reported, not acknowledged
};

}  // namespace scanyard::bench
