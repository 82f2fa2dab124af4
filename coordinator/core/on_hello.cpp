//! A worker introduces itself: after its own start, after ours, or because we asked.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "coordinator/core/attempts.hpp"
#include "coordinator/core/errc.hpp"
#include "coordinator/core/granting.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

constexpr std::size_t name_bytes_max = 200;
constexpr std::int32_t replicas_max = 4096;
constexpr std::size_t replaced_max = 16;

/// What is wrong with a hello, or an empty text.
std::string fault_of(const Core& core, const protocol::Hello& hello) {
  const WorkerInfo& info = hello.worker;
  if (info.name.empty() || info.name.size() > name_bytes_max)
    return fmt::format("a worker's name has 1 to {} bytes", name_bytes_max);
  if (info.instance.empty()) return "a worker names the instance of its process";
  if (info.slots.empty() || info.slots.size() > static_cast<std::size_t>(core.options.slots_max)) {
    return fmt::format("a worker has 1 to {} slots, not {}", core.options.slots_max,
                       info.slots.size());
  }
  std::set<SlotId> ids;
  for (const SlotInfo& slot : info.slots) {
    if (!ids.insert(slot.slot).second)
      return fmt::format("slot {} is named twice", slot.slot.value);
    if (slot.max_replicas < 1) return fmt::format("slot {} takes no replica", slot.slot.value);
  }
  return {};
}

void refuse(Core& core, PeerId peer, const protocol::Hello& hello, ErrorCode code,
            std::string message, Effects& out) {
  ++core.counters.hellos_refused;
  out.log.push_back({LogLevel::warning,
                     "worker.refused",
                     {},
                     {},
                     hello.worker.name,
                     fmt::format("code={} message=\"{}\"", code.text, message)});
  out.sends.push_back({peer, protocol::Refuse{std::string(code.text), std::move(message)}});
}

/// The worker's record with the hello's slots; what it held before floats until the hello says
/// where it is.
void take_over(Core& core, WorkerIndex index, PeerId peer, const std::string& key_name,
               const protocol::Hello& hello, TimePoint now, Effects& out) {
  Worker& worker = core.workers[index];
  for (const RunIndex run : attempts_of(worker))
    move_lease(core, run, {index, SlotRef{}.slot});
  for (std::uint32_t i = 0; i < worker.slots.size(); ++i)
    set_credit(core, {index, i}, 0);

  const bool same_process = worker.info.instance == hello.worker.instance;
  const bool news = worker.life != WorkerLife::connected || !same_process;
  if (!same_process && !worker.info.instance.empty()) {
    worker.replaced.push_back(worker.info.instance);
    if (worker.replaced.size() > replaced_max) worker.replaced.erase(worker.replaced.begin());
  }
  if (worker.first_seen == TimePoint{}) worker.first_seen = now;
  worker.info = hello.worker;
  worker.key_name = key_name;
  worker.life = WorkerLife::connected;
  worker.draining = worker.draining && same_process;
  worker.last_seen = now;
  worker.unleased.clear();
  worker.outbox_records = hello.outbox_records;
  ++worker.generation;
  worker.slots.clear();
  for (SlotInfo info : hello.worker.slots) {
    info.max_replicas = std::min(info.max_replicas, replicas_max);
    worker.slots.emplace_back();
    worker.slots.back().info = std::move(info);
    worker.slots.back().alive_at = now;
  }
  core.workers.bind(index, peer);
  core.workers.count_slots();
  core.strangers.erase(peer);
  if (!news) return;
  record_worker(core, worker, now, out);
  out.log.push_back(
      {LogLevel::info,
       "worker.connected",
       {},
       {},
       worker.info.name,
       fmt::format("key={} slots={} running={} outbox={} build={}", key_name, worker.slots.size(),
                   hello.running.size(), hello.outbox_records, worker.info.build)});
}

/// Whether the attempt stays with this worker; leases the run to it if so.
bool adopt(Core& core, SlotRef slot, const protocol::RunningReplica& replica, TimePoint now,
           Effects& out) {
  if (!plausible(core, replica.token)) {
    ++core.counters.tokens_invalid;
    return false;
  }
  const RunIndex index = core.runs.find(replica.run);
  if (!index.valid()) return false;
  Run& run = core.runs[index];
  const bool current = replica.token == run.last_token;
  if (replica.token < run.last_token || (current && run.token_ended)) return false;
  if (run.phase == RunPhase::leased) {
    if (current && run.slot.worker == slot.worker) {
      move_lease(core, index, slot);
      return true;
    }
    if (current && core.workers[run.slot.worker].life == WorkerLife::connected) return false;
    revoke(core, index, std::string(errc::superseded.text), out);
    requeue_run(core, index);
  }
  if (run.phase != RunPhase::queued) return false;
  lease_run(core, index, slot, replica.token, now);
  ++core.counters.attempts_adopted;
  out.log.push_back({LogLevel::info,
                     "attempt.adopted",
                     run.id,
                     replica.token,
                     core.workers[slot.worker].info.name,
                     {}});
  return true;
}

/// Attempts that the worker did not name: their results are in its outbox, or they never arrived
/// there.
void settle_unnamed(Core& core, WorkerIndex index, protocol::Welcome& welcome, TimePoint now,
                    Effects& out) {
  Worker& worker = core.workers[index];
  if (worker.floating.empty()) {
    worker.floating_until.reset();
    return;
  }
  if (worker.outbox_records > 0) {
    worker.floating_until = now + core.options.lease;
    return;
  }
  const std::vector<RunIndex> unnamed = worker.floating;
  for (const RunIndex run : unnamed) {
    // Should the grant still be on its way, the worker is told not to begin with it.
    welcome.dropped.push_back(core.runs[run].last_token);
    lose_attempt(core, run, errc::not_running, "the worker does not know the attempt", now, out);
  }
  worker.floating_until.reset();
}

}  // namespace

void on_hello(Core& core, PeerId peer, const std::string& key_name, const protocol::Hello& hello,
              TimePoint now, Effects& out) {
  if (auto fault = fault_of(core, hello); !fault.empty()) {
    refuse(core, peer, hello, errc::bad_hello, std::move(fault), out);
    return;
  }
  const WorkerIndex index = core.workers.intern(hello.worker.name);
  const auto& replaced = core.workers[index].replaced;
  if (std::find(replaced.begin(), replaced.end(), hello.worker.instance) != replaced.end()) {
    refuse(core, peer, hello, errc::worker_replaced,
           fmt::format("another process took over the name '{}'; two workers cannot share a folder",
                       hello.worker.name),
           out);
    return;
  }
  take_over(core, index, peer, key_name, hello, now, out);

  protocol::Welcome welcome{core.epoch, core.options.heartbeat, core.options.lease, {}, {}};
  for (const auto& replica : hello.running) {
    const auto slot = find_slot(core.workers[index], replica.slot);
    const bool kept = slot && adopt(core, {index, *slot}, replica, now, out);
    (kept ? welcome.adopted : welcome.dropped).push_back(replica.token);
    if (!kept) ++core.counters.attempts_dropped;
  }
  settle_unnamed(core, index, welcome, now, out);
  out.sends.push_back({peer, std::move(welcome)});
  if (core.workers[index].draining)
    out.sends.push_back({peer, protocol::Drain{"the worker is being drained"}});
  core.work_arrived = true;
  grant_waiting(core, now, out);
}

}  // namespace scanyard::core
