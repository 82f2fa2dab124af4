//! Heartbeats, credit, progress, releases and goodbyes of workers.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "coordinator/core/attempts.hpp"
#include "coordinator/core/errc.hpp"
#include "coordinator/core/granting.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

/// How much of a new rate goes into the smoothed one.
constexpr double rate_weight = 0.5;

void note_activity(Slot& slot, const protocol::SlotActivity& activity, TimePoint now) {
  const std::int64_t steps = activity.steps_done - slot.steps_done;
  const Duration passed = now - slot.steps_at;
  // Rates need two heartbeats of one process a while apart.
  if (slot.steps_at != TimePoint{} && steps >= 0 && passed.ms > 0) {
    const double rate = static_cast<double>(steps) * 1e3 / static_cast<double>(passed.ms);
    slot.steps_per_s = rate_weight * rate + (1 - rate_weight) * slot.steps_per_s;
  }
  if (steps != 0 || slot.attempts.empty()) slot.alive_at = now;
  slot.steps_done = activity.steps_done;
  slot.steps_at = now;
  slot.replicas_reported = activity.replicas;
  slot.trouble = activity.trouble;
}

/// Leases that the worker does not hold although it must have heard of them: their grants were lost
/// on the way, or its folder was.
void lose_missing(Core& core, const Worker& worker, const std::vector<Token>& held, TimePoint now,
                  Effects& out) {
  for (const RunIndex index : attempts_of(worker)) {
    const Run& run = core.runs[index];
    if (now - run.leased_at < 2 * core.options.heartbeat) continue;
    if (std::binary_search(held.begin(), held.end(), run.last_token)) continue;
    lose_attempt(core, index, errc::not_running, "the worker does not hold the attempt", now, out);
  }
}

/// Attempts that it holds but has no lease of, seen in two heartbeats in a row: in one alone, an
/// acknowledgement or a commit may be on its way.
void revoke_unleased(Core& core, Worker& worker, const std::vector<Token>& held, Effects& out) {
  std::vector<Token> leased;
  for (const RunIndex index : attempts_of(worker))
    leased.push_back(core.runs[index].last_token);
  std::sort(leased.begin(), leased.end());
  std::vector<Token> unleased;
  std::set_difference(held.begin(), held.end(), leased.begin(), leased.end(),
                      std::back_inserter(unleased));
  protocol::Revoke stale{{}, std::string(errc::superseded.text)};
  std::set_intersection(unleased.begin(), unleased.end(), worker.unleased.begin(),
                        worker.unleased.end(), std::back_inserter(stale.tokens));
  worker.unleased = std::move(unleased);
  if (!stale.tokens.empty()) out.sends.push_back({worker.peer, std::move(stale)});
}

}  // namespace

void on_heartbeat(Core& core, PeerId peer, const protocol::Heartbeat& heartbeat, TimePoint now,
                  Effects& out) {
  const WorkerIndex index = known_worker(core, peer, now, out);
  if (!index.valid()) return;
  Worker& worker = core.workers[index];
  worker.outbox_records = heartbeat.outbox_records;
  for (const auto& activity : heartbeat.slots) {
    const auto slot = find_slot(worker, activity.slot);
    if (slot) note_activity(worker.slots[*slot], activity, now);
  }
  std::vector<Token> held = heartbeat.held;
  std::sort(held.begin(), held.end());
  lose_missing(core, worker, held, now, out);
  revoke_unleased(core, worker, held, out);
  grant_waiting(core, now, out);
  ++core.change_number;
}

void on_want(Core& core, PeerId peer, const protocol::Want& want, TimePoint now, Effects& out) {
  const WorkerIndex index = known_worker(core, peer, now, out);
  if (!index.valid()) return;
  const auto slot = find_slot(core.workers[index], want.slot);
  if (!slot) return;
  const SlotRef ref{index, *slot};
  slot_of(core, ref).same_shape_only = want.same_shape_only;
  set_credit(core, ref, std::clamp(want.replicas, 0, slot_of(core, ref).info.max_replicas));
  if (may_grant(core, now)) {
    grant_to(core, ref, now, out);
    core.work_arrived |= slot_of(core, ref).not_before > now;
  } else {
    core.work_arrived = true;
  }
}

void on_progress(Core& core, PeerId peer, protocol::Progress progress, TimePoint now,
                 Effects& out) {
  const WorkerIndex index = known_worker(core, peer, now, out);
  if (!index.valid()) return;
  RecordProgress record;
  protocol::Revoke stale{{}, std::string(errc::superseded.text)};
  for (auto& point : progress.points) {
    const RunIndex run = core.runs.find(point.run);
    const bool current = run.valid() && core.runs[run].phase == RunPhase::leased &&
                         core.runs[run].last_token == point.token &&
                         core.runs[run].slot.worker == index;
    if (current) {
      record.points.push_back(std::move(point));
      continue;
    }
    ++core.counters.progress_stale;
    // A result on its way to the disk is no reason to stop anything.
    const bool ending = run.valid() && core.runs[run].phase == RunPhase::ending &&
                        core.runs[run].last_token == point.token;
    const bool named =
        std::find(stale.tokens.begin(), stale.tokens.end(), point.token) != stale.tokens.end();
    if (!ending && !named) stale.tokens.push_back(point.token);
  }
  if (!record.points.empty()) write(core, std::move(record), out);
  if (!stale.tokens.empty()) out.sends.push_back({peer, std::move(stale)});
}

void on_release(Core& core, PeerId peer, const protocol::Release& release, TimePoint now,
                Effects& out) {
  const WorkerIndex index = known_worker(core, peer, now, out);
  if (!index.valid()) return;
  for (const auto& item : release.items) {
    const RunIndex run = core.runs.find(item.run);
    if (!run.valid() || core.runs[run].phase != RunPhase::leased ||
        core.runs[run].last_token != item.token || core.runs[run].slot.worker != index) {
      continue;
    }
    const SlotRef slot = core.runs[run].slot;
    if (slot.valid()) note_setback(core, slot, now);
    release_attempt(core, run, release.reason, now, out);
  }
  grant_waiting(core, now, out);
}

void on_bye(Core& core, PeerId peer, const protocol::Bye& bye, TimePoint now, Effects& out) {
  const WorkerIndex index = known_worker(core, peer, now, out);
  if (!index.valid()) return;
  Worker& worker = core.workers[index];
  for (std::uint32_t i = 0; i < worker.slots.size(); ++i)
    set_credit(core, {index, i}, 0);
  for (const RunIndex run : attempts_of(worker))
    lose_attempt(core, run, errc::worker_gone, "the worker said goodbye", now, out);
  worker.life = WorkerLife::gone;
  worker.draining = false;
  core.workers.unbind(index);
  core.workers.count_slots();
  record_worker(core, worker, now, out);
  out.log.push_back({LogLevel::info,
                     "worker.gone",
                     {},
                     {},
                     worker.info.name,
                     fmt::format("reason=\"{}\"", bye.reason)});
  grant_waiting(core, now, out);
}

void on_worker_message(Core& core, PeerId peer, const std::string& key_name,
                       protocol::WorkerMessage message, TimePoint now, Effects& out) {
  std::visit(
      [&](auto&& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, protocol::Hello>) {
          on_hello(core, peer, key_name, body, now, out);
        } else if constexpr (std::is_same_v<Body, protocol::Heartbeat>) {
          on_heartbeat(core, peer, body, now, out);
        } else if constexpr (std::is_same_v<Body, protocol::Want>) {
          on_want(core, peer, body, now, out);
        } else if constexpr (std::is_same_v<Body, protocol::Progress>) {
          on_progress(core, peer, std::move(body), now, out);
        } else if constexpr (std::is_same_v<Body, protocol::Results>) {
          on_results(core, peer, std::move(body), now, out);
        } else if constexpr (std::is_same_v<Body, protocol::Release>) {
          on_release(core, peer, body, now, out);
        } else {
          static_assert(std::is_same_v<Body, protocol::Bye>, "every message has its event");
          on_bye(core, peer, body, now, out);
        }
      },
      std::move(message));
}

}  // namespace scanyard::core
