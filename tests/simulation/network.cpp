#include "tests/simulation/network.hpp"

#include <fmt/format.h>

#include "common/assert.hpp"
#include "common/protocol/codec.hpp"

namespace scanyard::simulation {
namespace {

constexpr std::int64_t latency_max_ms = 40;
constexpr std::int64_t connect_max_ms = 2'000;
constexpr std::int64_t notice_max_ms = 12'000;

}  // namespace

void Network::attach(SimCoordinator& coordinator,
                     std::vector<std::unique_ptr<SimWorker>>& workers) {
  coordinator_ = &coordinator;
  workers_ = &workers;
}

void Network::transport(std::function<void()> deliver) {
  if (world_.strikes(world_.faults.lose)) return;
  std::int64_t delay = world_.rng.skewed(1, latency_max_ms);
  if (world_.strikes(world_.faults.late)) delay += world_.rng.skewed(1, world_.faults.late_max_ms);
  world_.agenda.after(delay, deliver);
  if (world_.strikes(world_.faults.duplicate)) {
    const bool soon = world_.rng.chance(0.5);
    const std::int64_t again = world_.rng.skewed(1, soon ? 100 : world_.faults.late_max_ms);
    world_.agenda.after(delay + again, deliver);
  }
}

void Network::from_worker(SimWorker& worker, const protocol::WorkerMessage& message) {
  const Line& line = lines_[&worker];
  if (!line.connected) return;
  const auto sequence = ++sequences_[worker.instance()];
  const auto kind = protocol::kind_of(message);
  auto body = std::make_shared<std::string>(protocol::encode_body(message));
  transport([this, &worker, instance = worker.instance(), incarnation = line.incarnation, sequence,
             kind, body] {
    // Nothing of a connection to an earlier process reaches its successor.
    if (!coordinator_->up() || incarnation != coordinator_->incarnation()) return;
    if (lines_[&worker].cut_until > world_.agenda.now()) return;
    if (guarded_incarnation_ != incarnation) {
      guarded_incarnation_ = incarnation;
      at_coordinator_ = std::make_unique<protocol::ReplayGuard>();
    }
    if (world_.faults.replay_guard && !at_coordinator_->admit(instance, sequence)) return;
    auto decoded = protocol::decode_worker_message(kind, *body);
    SCANYARD_ASSERT(decoded.has_value(), "what a worker's core sends can be read");
    world_.tell(fmt::format("{} -> {}", instance, protocol::to_text(kind)));
    coordinator_->receive(instance, std::move(*decoded));
  });
}

void Network::to_worker(const std::string& instance, const protocol::CoordinatorMessage& message) {
  const std::string sender = fmt::format("coordinator-{}", coordinator_->incarnation());
  const auto sequence = ++sequences_[sender];
  const auto kind = protocol::kind_of(message);
  auto body = std::make_shared<std::string>(protocol::encode_body(message));
  transport(
      [this, instance, sender, sequence, kind, body, incarnation = coordinator_->incarnation()] {
        for (auto& worker : *workers_) {
          Line& line = lines_[worker.get()];
          const bool there = worker->up() && worker->instance() == instance && line.connected &&
                             line.instance == instance && line.incarnation == incarnation;
          if (!there || line.cut_until > world_.agenda.now()) continue;
          auto& guard = at_workers_[instance];
          if (!guard) guard = std::make_unique<protocol::ReplayGuard>();
          if (world_.faults.replay_guard && !guard->admit(sender, sequence)) return;
          auto decoded = protocol::decode_coordinator_message(kind, *body);
          SCANYARD_ASSERT(decoded.has_value(), "what the coordinator's core sends can be read");
          world_.tell(fmt::format("{} <- {}", instance, protocol::to_text(kind)));
          worker->receive(*decoded);
          return;
        }
      });
}

void Network::partition(SimWorker& worker, std::int64_t ms) {
  world_.tell(fmt::format("{} is cut off for {} ms", worker.name(), ms));
  lines_[&worker].cut_until = world_.agenda.now() + Duration{ms};
}

bool Network::reachable(const SimWorker& worker) const {
  const auto line = lines_.find(&worker);
  const bool cut =
      line != lines_.end() && line->second.cut_until > world_.agenda.now() && !world_.calm;
  return coordinator_->up() && worker.up() && !cut;
}

void Network::update(SimWorker& worker, Line& line) {
  const TimePoint now = world_.agenda.now();
  if (world_.calm) line.cut_until = {};
  if (!worker.up() || line.instance != worker.instance()) {
    line.connected = line.changing = false;  // Another process: its connection ended with it.
    line.instance = worker.instance();
    if (!worker.up()) return;
  }
  const bool stale = line.connected && line.incarnation != coordinator_->incarnation();
  const bool wanted = reachable(worker) && !stale;
  if (wanted == line.connected) {
    line.changing = false;
    return;
  }
  if (!line.changing) {
    line.changing = true;
    line.change_at = now + Duration{wanted ? world_.rng.skewed(50, connect_max_ms)
                                           : world_.rng.skewed(10, stale ? 1'000 : notice_max_ms)};
  }
  if (now < line.change_at) return;
  line.changing = false;
  line.connected = wanted;
  if (wanted) {
    line.incarnation = coordinator_->incarnation();
    worker.connected();
  } else {
    worker.disconnected();
  }
}

void Network::tick() {
  for (auto& worker : *workers_)
    update(*worker, lines_[worker.get()]);
}

}  // namespace scanyard::simulation
