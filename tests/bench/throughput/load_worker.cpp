#include "tests/bench/throughput/load_worker.hpp"

#include <algorithm>

#include "common/protocol/codec.hpp"
#include "common/protocol/limits.hpp"

namespace scanyard::bench {
namespace {

constexpr std::chrono::seconds heartbeat{1};

net::ClientOptions channel_options(const LoadOptions& options) {
  net::ClientOptions channel;
  channel.endpoint = options.join.endpoint;
  channel.server_key = options.join.server_key;
  channel.key = options.join.key;
  channel.instance = net::random_id();
  return channel;
}

EpochPoint point(int epoch) {
  EpochPoint point;
  point.epoch = epoch;
  point.step = 100 * epoch;
  point.train_loss = 1.0 / epoch;
  point.test_accuracy = point.test_micro_accuracy = 0.5;
  point.test_perplexity = 2;
  return point;
}

AttemptReport finished(const protocol::GrantedReplica& replica, std::int64_t slot, int points) {
  AttemptReport report;
  report.run = replica.run;
  report.token = replica.token;
  report.end = AttemptEnd::finished;
  report.slot = static_cast<std::int32_t>(slot);
  for (int epoch = 1; epoch <= points; ++epoch)
    report.curve.push_back(point(epoch));
  RunOutcome outcome;
  outcome.epochs_done = points;
  outcome.steps_done = 100 * points;
  outcome.device = "none";
  outcome.build = "load generator";
  if (points > 0)
    outcome.at_last = outcome.at_best_accuracy = outcome.at_lowest_perplexity = report.curve.back();
  report.outcome = outcome;
  return report;
}

}  // namespace

LoadWorker::LoadWorker(boost::asio::io_context& io, net::Context& context, LoadOptions options)
    : options_(std::move(options)),
      channel_(
          io, context, channel_options(options_),
          [this](const protocol::Header& header, std::string_view body) {
            on_message(header, body);
          },
          [this](net::Link link, const std::string&) { on_link(link); }),
      timer_(io),
      instance_(net::random_id()) {}

Result<void> LoadWorker::start() {
  beat();
  return channel_.start();
}

void LoadWorker::stop() {
  timer_.cancel();
  channel_.stop();
}

void LoadWorker::on_link(net::Link link) {
  if (link == net::Link::connected) hello();
}

void LoadWorker::hello() {
  protocol::Hello hello;
  hello.worker = {options_.name, instance_, "bench", "load generator", {}};
  for (int i = 0; i < options_.slots; ++i)
    hello.worker.slots.push_back({SlotId{i}, "none", "none", 1, 0, options_.replicas});
  channel_.send(hello);
}

void LoadWorker::want(std::int64_t slot) {
  channel_.send(protocol::Want{SlotId{slot}, options_.replicas, false});
}

void LoadWorker::beat() {
  timer_.expires_after(heartbeat);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    protocol::Heartbeat beat;
    beat.outbox_records = static_cast<std::int64_t>(held_.size());
    beat.held.assign(held_.begin(), held_.end());
    channel_.send(beat);
    this->beat();
  });
}

void LoadWorker::on_message(const protocol::Header& header, std::string_view body) {
  const auto message = protocol::decode_coordinator_message(header.kind, body);
  if (!message) return;
  if (std::holds_alternative<protocol::Welcome>(*message)) {
    for (int i = 0; i < options_.slots; ++i)
      want(i);
  } else if (const auto* grant = std::get_if<protocol::Grant>(&*message)) {
    on_grant(*grant);
  } else if (const auto* ack = std::get_if<protocol::Ack>(&*message)) {
    for (const auto& item : ack->items)
      held_.erase(item.token);
    counts_.acknowledged += ack->items.size();
  } else if (std::holds_alternative<protocol::Who>(*message)) {
    hello();
  }
}

void LoadWorker::on_grant(const protocol::Grant& grant) {
  counts_.granted += grant.replicas.size();
  if (options_.progress) {
    for (int epoch = 1; epoch <= options_.points; ++epoch) {
      protocol::Progress progress;
      for (const auto& replica : grant.replicas)
        progress.points.push_back({replica.run, replica.token, point(epoch)});
      counts_.points_sent += progress.points.size();
      channel_.send(progress);
    }
  }
  protocol::Results results;
  for (const auto& replica : grant.replicas) {
    held_.insert(replica.token);
    results.reports.push_back(finished(replica, grant.slot.value, options_.points));
    if (results.reports.size() <
        static_cast<std::size_t>(protocol::limits::reports_per_message_max))
      continue;
    counts_.reported += results.reports.size();
    channel_.send(results);
    results.reports.clear();
  }
  counts_.reported += results.reports.size();
  if (!results.reports.empty()) channel_.send(results);
  want(grant.slot.value);
}

}  // namespace scanyard::bench
