//! A coordinator of a hundred lines: real sockets and keys, leases in memory, verdicts on demand.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/hash.hpp"
#include "common/protocol/codec.hpp"
#include "tests/net/loopback.hpp"

namespace scanyard::worker::testing {

using net::testing::run_until;

inline RunId run_named(const std::string& name) {
  return Hasher().update(name).finish();
}

class ScriptedCoordinator {
 public:
  explicit ScriptedCoordinator(boost::asio::io_context& io) : server_(io) { listen(); }

  struct Job {
    std::string name;
    std::string values = "{}";
    std::string shape = R"({"m":2})";
  };
  void add(Job job) { queue_.push_back(std::move(job)); }

  /// As after kill -9: nobody listens, nothing is remembered but the results.
  void stop() { server_.stop(); }
  void start_again() {
    ++epoch;
    next_token_ = 0;
    server_.start();
    listen();
  }

  template <class Message>
  void send(Message message) {
    server_.channel->send(peer_, protocol::CoordinatorMessage(std::move(message)));
  }
  Token token_of(const std::string& name) const { return granted.at(run_named(name)); }
  bool has_result(const std::string& name) const { return results.contains(run_named(name)); }
  const AttemptReport& result(const std::string& name) const { return results.at(run_named(name)); }
  bool knows_peer() const { return !peer_.empty(); }
  std::string endpoint() const { return server_.endpoint(); }
  std::uint64_t counter(const std::string& name) const { return server_.counter(name); }

  std::int64_t epoch = 1;
  bool acknowledge = true;
  bool adopt = true;  ///< what a hello names goes on; else it is dropped
  bool may_grant = true;
  Duration heartbeat{200};
  std::vector<protocol::Hello> hellos;
  std::vector<protocol::Heartbeat> heartbeats;
  std::vector<protocol::Release> releases;
  std::vector<protocol::Bye> byes;
  std::vector<ProgressPoint> points;
  std::map<RunId, Token> granted;          ///< last token of every run
  std::map<RunId, AttemptReport> results;  ///< the first report of each run that was taken
  std::vector<AttemptReport> reports;      ///< every report that arrived

 private:
  void listen() {
    server_.on_message = [this](const net::testing::Received& received) {
      peer_ = received.peer.id;
      const auto message = protocol::decode_worker_message(received.header.kind, received.body);
      if (!message) throw std::runtime_error(message.error().to_string());
      std::visit([this](const auto& one) { take(one); }, *message);
    };
  }

  void take(const protocol::Hello& hello) {
    hellos.push_back(hello);
    protocol::Welcome welcome{{epoch}, heartbeat, {10'000}, {}, {}};
    for (const auto& running : hello.running) {
      (adopt ? welcome.adopted : welcome.dropped).push_back(running.token);
    }
    send(welcome);
  }
  void take(const protocol::Heartbeat& one) { heartbeats.push_back(one); }
  void take(const protocol::Want& want) {
    if (!may_grant) return;
    protocol::Grant grant{want.slot, {}, {}};
    while (std::ssize(grant.replicas) < want.replicas && !queue_.empty()) {
      const Job& job = queue_.front();
      if (!grant.replicas.empty() && job.shape != grant.shape_json) break;
      grant.shape_json = job.shape;
      const Token token{{epoch}, ++next_token_};
      granted[run_named(job.name)] = token;
      grant.replicas.push_back({run_named(job.name), token, job.values});
      queue_.pop_front();
    }
    if (!grant.replicas.empty()) send(grant);
  }
  void take(const protocol::Progress& progress) {
    points.insert(points.end(), progress.points.begin(), progress.points.end());
  }
  void take(const protocol::Results& given) {
    protocol::Ack ack;
    for (const auto& report : given.reports) {
      reports.push_back(report);
      if (!acknowledge) continue;
      const bool first = results.try_emplace(report.run, report).second;
      using Verdict = protocol::Acknowledged::Verdict;
      ack.items.push_back(
          {report.run, report.token, first ? Verdict::accepted : Verdict::duplicate});
    }
    if (!ack.items.empty()) send(ack);
  }
  void take(const protocol::Release& release) { releases.push_back(release); }
  void take(const protocol::Bye& bye) { byes.push_back(bye); }

  net::testing::TestServer server_;
  std::deque<Job> queue_;
  std::int64_t next_token_ = 0;
  std::string peer_;
};

}  // namespace scanyard::worker::testing
