//! Workers that have said hello in this epoch, their slots, and which attempts they hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/records.hpp"
#include "coordinator/core/handles.hpp"

namespace scanyard::core {

/// One place where packs are trained, as the scheduler sees it.
struct Slot {
  SlotInfo info;
  std::vector<RunIndex> attempts;  ///< leased here
  ShapeIndex shape;                ///< of the pack; the last one's while `attempts` is empty
  bool same_shape_only = false;    ///< the worker says that only this shape can join
  bool alone = false;              ///< trains retried runs: nothing may join them
  std::int32_t credit = 0;         ///< replicas that the worker would take now
  std::uint64_t waiting = 0;       ///< key in Core::waiting; 0 = not waiting

  std::int64_t steps_done = 0;  ///< from the last heartbeat
  std::int32_t replicas_reported = 0;
  double steps_per_s = 0;  ///< smoothed over the last heartbeats
  TimePoint steps_at;      ///< of that heartbeat
  TimePoint alive_at;      ///< when the counter last rose, or the slot became busy
  std::string trouble;     ///< stable code of why the worker lets it rest; empty = fine

  std::int32_t setbacks = 0;  ///< packs in a row that failed or came back
  bool tried_since_setback = false;
  TimePoint not_before;  ///< nothing is granted earlier, because of setbacks

  std::int32_t active() const { return static_cast<std::int32_t>(attempts.size()); }
  /// What a pack may use, in bytes; a worker that does not say is not limited.
  double memory_bytes() const {
    return info.memory_bytes > 0 ? static_cast<double>(info.memory_bytes) : 1e300;
  }
};

enum class WorkerLife : std::uint8_t {
  connected,
  lost,  ///< silent for longer than a lease: must say hello again
  gone,  ///< said bye
};

struct Worker {
  WorkerInfo info;
  std::string key_name;  ///< of the key that it proved to have
  WorkerLife life = WorkerLife::gone;
  bool draining = false;
  PeerId peer;                   ///< current connection; meaningless unless connected
  std::uint32_t generation = 0;  ///< rises whenever the slots are built anew
  TimePoint first_seen;
  TimePoint last_seen;
  std::vector<Slot> slots;
  /// Attempts that it neither trains nor has reported: their results may wait in its outbox.
  std::vector<RunIndex> floating;
  std::optional<TimePoint> floating_until;
  std::vector<Token> unleased;  ///< held by it at the last heartbeat without a lease; sorted
  std::int64_t outbox_records = 0;
  std::uint64_t finished = 0, failed = 0;  ///< attempts accepted from it
  std::vector<std::string> replaced;       ///< instances that a newer one took over from

  bool grantable() const { return life == WorkerLife::connected && !draining; }
};

/// Workers by name and by connection. Records are never removed, so indices stay valid.
class WorkerTable {
 public:
  WorkerIndex find(const std::string& name) const;
  /// The worker that said hello on this connection, invalid when none did.
  WorkerIndex find(PeerId peer) const;
  WorkerIndex intern(const std::string& name);
  void bind(WorkerIndex worker, PeerId peer);
  void unbind(WorkerIndex worker);

  Worker& operator[](WorkerIndex worker) { return workers_[worker.value]; }
  const Worker& operator[](WorkerIndex worker) const { return workers_[worker.value]; }
  std::size_t size() const { return workers_.size(); }

  /// Slots of workers that take packs. To be counted anew whenever that changed.
  std::uint64_t grantable_slots() const { return grantable_slots_; }
  void count_slots();

 private:
  std::vector<Worker> workers_;
  std::unordered_map<std::string, WorkerIndex> by_name_;
  std::unordered_map<PeerId, WorkerIndex> by_peer_;
  std::uint64_t grantable_slots_ = 0;
};

/// Position of a slot in the worker's list, or nothing.
std::optional<std::uint32_t> find_slot(const Worker& worker, SlotId slot);

}  // namespace scanyard::core
