#include "tests/simulation/sim_coordinator.hpp"

#include <fmt/format.h>

#include "coordinator/core/client.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/sanity.hpp"

namespace scanyard::simulation {
namespace {

bool same_state(core::RunPhase phase, Stored stored) {
  switch (stored) {
    case Stored::open:
      return core::is_open(phase);
    case Stored::finished:
      return phase == core::RunPhase::finished;
    case Stored::diverged:
      return phase == core::RunPhase::diverged;
    case Stored::failed:
      return phase == core::RunPhase::failed;
    case Stored::cancelled:
      break;
  }
  return phase == core::RunPhase::cancelled;
}

}  // namespace

SimCoordinator::SimCoordinator(World& world, core::CoreOptions options, Send send)
    : world_(world), options_(options), send_(std::move(send)) {}

void SimCoordinator::start() {
  if (core_) return;
  ++incarnation_;
  const Epoch epoch = world_.store.open();
  const OpenRuns open = world_.store.load_open();
  world_.witness.on_start(epoch, !open.runs.empty(), options_.heartbeat, world_.agenda.now());
  world_.tell(
      fmt::format("coordinator starts, epoch {}, {} open runs", epoch.value, open.runs.size()));
  core::Effects out;
  core_ = core::start(options_, epoch, open, world_.agenda.now(), out);
}

void SimCoordinator::crash() {
  if (!core_) return;
  world_.tell("coordinator crashes");
  // A commit under way reaches the disk or it does not; nobody hears of it either way.
  if (working_ && world_.rng.chance(0.5)) make_durable(*working_, false);
  core_.reset();
  working_.reset();
  jobs_.clear();
  peers_.clear();
  instances_.clear();
  hellos_.clear();
}

void SimCoordinator::receive(const std::string& instance, protocol::WorkerMessage message) {
  if (!core_) return;
  const auto [entry, added] = peers_.try_emplace(instance, core::PeerId{next_peer_});
  const core::PeerId peer = entry->second;
  if (added) {
    instances_[peer] = instance;
    ++next_peer_;
  }
  if (const auto* hello = std::get_if<protocol::Hello>(&message)) {
    hellos_[peer] = *hello;
    world_.witness.on_hello(*hello);
  }
  event([&](core::Core& core, core::Effects& out) {
    core::on_worker_message(core, peer, "key", std::move(message), world_.agenda.now(), out);
  });
}

void SimCoordinator::tick() {
  event(
      [&](core::Core& core, core::Effects& out) { core::on_tick(core, world_.agenda.now(), out); });
}

void SimCoordinator::submit(SubmitSweep request) {
  if (!core_) return;
  Job job;
  job.submission = std::move(request);
  jobs_.push_back(std::move(job));
  work();
}

void SimCoordinator::retry(SweepId sweep, std::vector<RunState> states) {
  if (!core_) return;
  Job job;
  job.retry = RetrySweep{sweep, std::move(states), {}, world_.agenda.now()};
  jobs_.push_back(std::move(job));
  work();
}

void SimCoordinator::cancel(SweepId sweep) {
  event([&](core::Core& core, core::Effects& out) {
    core::on_cancel(core, {next_request_++}, sweep, "simulated", world_.agenda.now(), out);
  });
}

void SimCoordinator::pause(SweepId sweep) {
  event([&](core::Core& core, core::Effects& out) {
    core::on_pause(core, {next_request_++}, sweep, world_.agenda.now(), out);
  });
}

void SimCoordinator::resume(SweepId sweep) {
  event([&](core::Core& core, core::Effects& out) {
    core::on_resume(core, {next_request_++}, sweep, world_.agenda.now(), out);
  });
}

void SimCoordinator::priority(SweepId sweep, std::int32_t priority) {
  event([&](core::Core& core, core::Effects& out) {
    core::on_priority(core, {next_request_++}, sweep, priority, world_.agenda.now(), out);
  });
}

void SimCoordinator::event(const std::function<void(core::Core&, core::Effects&)>& happens) {
  if (!core_) return;
  core::Effects out;
  happens(*core_, out);
  for (const auto& line : out.log) {
    world_.tell(fmt::format("  {} {} {} {} {}", line.event, line.run ? line.run->short_hex() : "",
                            line.token ? line.token->to_string() : "", line.worker, line.detail));
  }
  for (auto& write : out.writes) {
    world_.witness.on_write(write.write);
    // A group is collected while another one is committed.
    const bool fresh = jobs_.empty() || jobs_.back().submission || jobs_.back().retry;
    if (fresh) jobs_.emplace_back();
    jobs_.back().writes.push_back(std::move(write.write));
    jobs_.back().last = write.id;
  }
  for (auto& send : out.sends) {
    check(send);
    const auto instance = instances_.find(send.peer);
    if (instance != instances_.end()) send_(instance->second, std::move(send.message));
  }
  check_sanity();
  work();
}

void SimCoordinator::check(const core::ToWorker& send) {
  const std::string& instance = instances_.at(send.peer);
  if (const auto* grant = std::get_if<protocol::Grant>(&send.message)) {
    world_.witness.on_grant(*grant, instance, world_.agenda.now());
  } else if (const auto* ack = std::get_if<protocol::Ack>(&send.message)) {
    world_.witness.on_ack(*ack);
  } else if (const auto* welcome = std::get_if<protocol::Welcome>(&send.message)) {
    world_.witness.on_welcome(hellos_.at(send.peer), *welcome);
  }
}

void SimCoordinator::work() {
  if (working_ || jobs_.empty()) return;
  working_ = std::move(jobs_.front());
  jobs_.pop_front();
  world_.agenda.after(world_.rng.skewed(1, world_.faults.commit_max_ms),
                      [this, process = incarnation_] {
                        if (process != incarnation_ || !working_) return;
                        Job job = std::move(*working_);
                        working_.reset();
                        done(std::move(job));
                      });
}

void SimCoordinator::done(Job job) {
  const bool is_group = !job.submission && !job.retry;
  if (is_group && world_.strikes(world_.faults.commit_fails)) {
    event([&](core::Core& core, core::Effects& out) {
      core::on_commit_failed(core, job.last, Error(ErrorCode{"store.disk_full"}, "full"),
                             world_.agenda.now(), out);
    });
  } else {
    make_durable(job, true);
  }
  check_against_store();
  work();
}

void SimCoordinator::make_durable(const Job& job, bool tell) {
  const TimePoint now = world_.agenda.now();
  if (job.submission) {
    const auto outcome = world_.store.submit(*job.submission);
    if (!tell) return;
    event(
        [&](core::Core& core, core::Effects& out) { core::on_submitted(core, outcome, now, out); });
  } else if (job.retry) {
    const auto outcome = world_.store.retry(*job.retry);
    for (const auto& run : outcome.open)
      world_.witness.on_reopened(run.id);
    if (!tell) return;
    event([&](core::Core& core, core::Effects& out) { core::on_retried(core, outcome, now, out); });
  } else {
    world_.store.apply(job.writes);
    if (!tell) return;
    event([&](core::Core& core, core::Effects& out) {
      core::on_committed(core, job.last, now, out);
    });
  }
}

void SimCoordinator::check_sanity() {
  for (const auto& fault : core::sanity_check(*core_))
    world_.witness.note("coordinator's sanity: " + fault);
}

/// Without writes on their way the core and the disk must agree on every run: each is in exactly
/// one state, and the states add up.
void SimCoordinator::check_against_store() {
  if (!core_ || !quiet()) return;
  std::size_t open = 0;
  for (const auto& [id, stored] : world_.store.runs()) {
    const core::RunIndex index = core_->runs.find(id);
    open += stored.state == Stored::open;
    // What had ended before the start is not loaded.
    if (!index.valid() && stored.state != Stored::open) continue;
    if (!index.valid()) {
      world_.witness.note(fmt::format("run {} is open on disk but the coordinator does not know it",
                                      id.short_hex()));
    } else if (!same_state(core_->runs[index].phase, stored.state)) {
      world_.witness.note(fmt::format("run {} is in state {} on disk but in phase {} in memory",
                                      id.short_hex(), static_cast<int>(stored.state),
                                      static_cast<int>(core_->runs[index].phase)));
    }
  }
  std::size_t known = 0;
  for (const auto& run : core_->runs.all())
    known += core::is_open(run.phase);
  if (known != open) world_.witness.note("the open runs do not add up");
}

}  // namespace scanyard::simulation
