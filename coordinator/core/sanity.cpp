#include "coordinator/core/sanity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

class Checker {
 public:
  explicit Checker(const Core& core) : core_(core) {}

  std::vector<std::string> run() {
    check_runs();
    check_holders();
    check_sweeps();
    check_groups();
    check_waiting();
    check_pending();
    return std::move(faults_);
  }

 private:
  void expect(bool holds, const std::string& sentence) {
    if (!holds) faults_.push_back(sentence);
  }

  void check_run(RunIndex index, const Run& run) {
    const std::string name = run.id.short_hex();
    expect(core_.runs.find(run.id) == index, name + " is not found by its id");
    const bool leased = run.phase == RunPhase::leased;
    expect(leased == run.slot.worker.valid(), name + " has a holder exactly when it is leased");
    expect(!leased || run.last_token.number > 0, name + " is leased without a token");
    expect(!(core_.epoch < run.last_token.epoch), name + " has a token of a later epoch");
    expect(!run.token_pending || run.token_ended, name + " waits for the commit of nothing");
    const auto& members = core_.sweeps.members(run.sweeps);
    expect(!is_open(run.phase) || !members.empty(), name + " is open but no sweep wants it");
    for (const SweepIndex sweep : members) {
      if (run.phase == RunPhase::queued) {
        ++queued_[{sweep, run.shape}];
        ++sweep_queued_[sweep];
      } else if (is_open(run.phase)) {
        ++sweep_running_[sweep];
      }
    }
  }

  void check_runs() {
    for (std::uint32_t i = 0; i < core_.runs.size(); ++i)
      check_run(RunIndex{i}, core_.runs[RunIndex{i}]);
  }

  void check_list(const std::vector<RunIndex>& list, SlotRef holder, const std::string& where) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      const Run& run = core_.runs[list[i]];
      expect(run.phase == RunPhase::leased, where + " lists a run that is not leased");
      expect(run.slot == holder, where + " lists a run that is elsewhere");
      expect(run.position == i, where + " lists a run at another place");
      expect(tokens_.insert(run.last_token).second, where + " holds a token that another holds");
    }
  }

  void check_holders() {
    std::uint64_t active = 0, floating = 0, slots = 0;
    for (std::uint32_t w = 0; w < core_.workers.size(); ++w) {
      const WorkerIndex index{w};
      const Worker& worker = core_.workers[index];
      check_list(worker.floating, {index, SlotRef{}.slot}, worker.info.name + " (floating)");
      floating += worker.floating.size();
      if (worker.grantable()) slots += worker.slots.size();
      for (std::uint32_t s = 0; s < worker.slots.size(); ++s) {
        const Slot& slot = worker.slots[s];
        check_list(slot.attempts, {index, s}, fmt::format("{} slot {}", worker.info.name, s));
        active += slot.attempts.size();
        expect(worker.life == WorkerLife::connected || slot.attempts.empty(),
               worker.info.name + " is not connected but holds leases");
      }
      const bool bound = core_.workers.find(worker.peer) == index;
      expect(worker.life != WorkerLife::connected || bound || worker.peer.value == 0,
             worker.info.name + " is connected but not found by its connection");
    }
    std::uint64_t leased = 0;
    for (const Run& run : core_.runs.all())
      leased += run.phase == RunPhase::leased;
    expect(leased == active + floating, "leased runs are not exactly those that workers hold");
    expect(core_.active == active, "the number of attempts on slots is wrong");
    expect(core_.workers.grantable_slots() == slots, "the number of grantable slots is wrong");
  }

  void check_sweeps() {
    for (std::uint32_t i = 0; i < core_.sweeps.size(); ++i) {
      const SweepIndex index{i};
      const Sweep& sweep = core_.sweeps[index];
      const std::string name = fmt::format("sweep {}", sweep.id.value);
      expect(sweep.queued == sweep_queued_[index], name + " counts its queued runs wrongly");
      expect(sweep.running == sweep_running_[index], name + " counts its running runs wrongly");
      expect(sweep.state != SweepState::cancelled || sweep.queued == 0,
             name + " is cancelled but has queued runs");
    }
  }

  /// Every queued run must be reachable through its group, or it would wait for ever.
  void check_entries(const Group& group, const std::string& name) {
    std::set<RunIndex> reachable;
    for (const bool retried : {false, true}) {
      RunFifo fifo = retried ? group.retried : group.fresh;
      for (; !fifo.empty(); fifo.pop()) {
        const Run& run = core_.runs[fifo.front()];
        if (run.phase == RunPhase::queued && (run.failures > 0) == retried &&
            core_.sweeps.contains(run.sweeps, group.sweep)) {
          reachable.insert(fifo.front());
        }
      }
    }
    expect(reachable.size() == group.queued, name + " does not list each of its queued runs");
  }

  void check_groups() {
    std::size_t ready = 0;
    std::uint64_t ready_queued = 0;
    for (std::uint32_t i = 0; i < core_.groups.size(); ++i) {
      const Group& group = core_.groups[GroupIndex{i}];
      const std::string name = fmt::format("group {}", i);
      expect(group.queued == queued_[std::pair(group.sweep, group.shape)],
             name + " counts its queued runs wrongly");
      expect(group.ready == is_grantable(core_, group), name + " is listed wrongly");
      if (group.queued > 0) check_entries(group, name);
      if (!group.ready) continue;
      ++ready;
      ready_queued += group.queued;
      expect(core_.ready.contains(core_.shapes[group.shape].memory_bytes,
                                  order_of(core_, GroupIndex{i})),
             name + " is ready but not listed");
    }
    expect(core_.ready.size() == ready, "the list of ready groups has others");
    expect(core_.ready.queued() == ready_queued, "the list of ready groups counts wrongly");
  }

  void check_waiting() {
    std::size_t waiting = 0;
    for (std::uint32_t w = 0; w < core_.workers.size(); ++w) {
      const Worker& worker = core_.workers[WorkerIndex{w}];
      for (std::uint32_t s = 0; s < worker.slots.size(); ++s) {
        const Slot& slot = worker.slots[s];
        expect((slot.credit > 0) == (slot.waiting != 0), "a slot waits exactly when it has credit");
        if (slot.waiting == 0) continue;
        ++waiting;
        const auto found = core_.waiting.find(slot.waiting);
        const bool listed =
            found != core_.waiting.end() && found->second == SlotRef{WorkerIndex{w}, s};
        expect(listed, "a waiting slot is not in the list");
      }
    }
    expect(waiting == core_.waiting.size(), "the list of waiting slots has others");
  }

  void check_pending() {
    std::map<RunIndex, int> ending;
    WriteId last{0};
    for (const auto& write : core_.pending) {
      expect(!(write.id < last), "pending writes are out of order");
      last = write.id;
      const auto* ended = std::get_if<pending::AttemptEnded>(&write.what);
      if (ended != nullptr && ended->ends_run()) ++ending[ended->run];
    }
    expect(last.value < core_.next_write, "a pending write was never asked for");
    for (std::uint32_t i = 0; i < core_.runs.size(); ++i) {
      const bool is_ending = core_.runs[RunIndex{i}].phase == RunPhase::ending;
      const auto found = ending.find(RunIndex{i});
      expect((found == ending.end() ? 0 : found->second) == (is_ending ? 1 : 0),
             "a run is ending exactly when one commit decides about it");
    }
  }

  const Core& core_;
  std::vector<std::string> faults_;
  std::map<std::pair<SweepIndex, ShapeIndex>, std::uint64_t> queued_;
  std::map<SweepIndex, std::uint64_t> sweep_queued_, sweep_running_;
  std::set<Token> tokens_;
};

}  // namespace

std::vector<std::string> sanity_check(const Core& core) {
  return Checker(core).run();
}

}  // namespace scanyard::core
