#include "tests/simulation/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "common/hash.hpp"
#include "tests/simulation/network.hpp"

namespace scanyard::simulation {
namespace {

constexpr std::int64_t tick_ms = 250;
constexpr int shapes = 5;

core::CoreOptions core_options(const Faults& faults) {
  core::CoreOptions options;
  // That watch would in the end cover up whatever leaves a lease behind that nobody holds.
  options.stall = Duration{faults.watches_steps ? 120'000 : 1'000'000'000};
  options.lease = Duration{20'000};
  options.losses_max = 250;
  // Where trainers are killed at random every run may fail now and then: only poison may fail for
  // good.
  options.attempts_max = faults.poison ? 4 : 200;
  return options;
}

/// Everything of one simulation.
class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options)
      : options_(options),
        world_(options.seed),
        network_(world_),
        coordinator_(world_, core_options(world_.faults),
                     [this](const std::string& to, protocol::CoordinatorMessage message) {
                       network_.to_worker(to, message);
                     }) {
    world_.trace = options.trace;
    if (world_.trace) {
      world_.trace = [this, trace = options.trace](const std::string& line) {
        trace(fmt::format("{:>9} {}", world_.agenda.now().ms - start_.ms, line));
      };
    }
    start_ = world_.agenda.now();
    network_.attach(coordinator_, workers_);
    const auto workers = world_.rng.between(1, options.workers_max);
    for (int i = 0; i < workers; ++i) {
      workers_.push_back(std::make_unique<SimWorker>(
          world_, i, [this](SimWorker& from, protocol::WorkerMessage message) {
            network_.from_worker(from, message);
          }));
    }
  }

  SimulationReport run();

 private:
  void tick();
  void people();
  void trouble();
  void every(std::int64_t mean_ms, std::function<void()> strike);
  SimWorker& some_worker() {
    return *workers_[static_cast<std::size_t>(
        world_.rng.between(0, static_cast<std::int64_t>(workers_.size()) - 1))];
  }
  SubmitSweep some_submission();
  SweepId some_sweep();
  void calm_down();
  bool at_rest() const;
  void check_end();
  bool broken() const { return !world_.witness.faults().empty() || !world_.store.faults().empty(); }

  SimulationOptions options_;
  World world_;
  Network network_;
  SimCoordinator coordinator_;
  std::vector<std::unique_ptr<SimWorker>> workers_;
  TimePoint start_;
  int submissions_ = 0;
  std::uint64_t events_ = 0;
};

void Simulation::every(std::int64_t mean_ms, std::function<void()> strike) {
  if (mean_ms <= 0) return;
  world_.agenda.after(world_.rng.between(1, 2 * mean_ms), [this, mean_ms, strike] {
    if (world_.calm) return;
    strike();
    every(mean_ms, strike);
  });
}

void Simulation::trouble() {
  const Faults& faults = world_.faults;
  every(faults.coordinator_crash_ms, [this] {
    coordinator_.crash();
    world_.agenda.after(world_.rng.skewed(10, world_.faults.coordinator_away_max_ms),
                        [this] { coordinator_.start(); });
  });
  const auto restart = [this](SimWorker& worker) {
    world_.agenda.after(world_.rng.skewed(10, world_.faults.worker_away_max_ms),
                        [&worker] { worker.start(); });
  };
  every(faults.worker_crash_ms, [this, restart] {
    SimWorker& worker = some_worker();
    worker.crash();
    restart(worker);
  });
  if (faults.worker_retires_ms > 0 && workers_.size() > 1) {
    world_.agenda.after(world_.rng.between(1, faults.worker_retires_ms),
                        [this] { workers_.back()->retire(); });
  }
  every(faults.worker_leave_ms, [this, restart] {
    SimWorker& worker = some_worker();
    worker.leave();
    world_.agenda.after(30'000, [restart, &worker] { restart(worker); });
  });
  every(faults.trainer_crash_ms, [this] { some_worker().kill_trainer(); });
  every(faults.trainer_hang_ms, [this] { some_worker().hang_trainer(); });
  every(faults.partition_ms, [this] {
    network_.partition(some_worker(), world_.rng.skewed(10, world_.faults.partition_max_ms));
  });
}

/// Sweeps overlap: the same run is asked for several times.
SubmitSweep Simulation::some_submission() {
  auto expansion = std::make_shared<spec::Expansion>();
  expansion->name = fmt::format("s{}", ++submissions_);
  for (int i = 0; i < shapes; ++i) {
    spec::ExpandedShape shape;
    shape.json = fmt::format(R"({{"m":{}}})", i);
    shape.cost.memory_bytes = 1e6 * (1 << i);
    expansion->shapes.push_back(shape);
  }
  const auto from = world_.rng.between(0, options_.runs_max - 1);
  const auto count = world_.rng.between(1, options_.runs_max / 2);
  expansion->cells.push_back({R"({"a":1})", "{}", std::nullopt, 0});
  for (auto i = from; i < std::min<std::int64_t>(from + count, options_.runs_max); ++i) {
    spec::ExpandedRun run;
    run.id = Hasher().update(fmt::format("{}-{}", options_.seed, i)).finish();
    run.shape = static_cast<std::uint32_t>(i % shapes);
    run.replica_json = fmt::format(R"({{"seed":{}}})", i);
    expansion->memberships.push_back({0, static_cast<std::uint32_t>(expansion->runs.size())});
    expansion->runs.push_back(run);
  }
  SubmitSweep submit;
  submit.request_id = expansion->name;
  submit.expansion = std::move(expansion);
  submit.at = world_.agenda.now();
  return submit;
}

SweepId Simulation::some_sweep() {
  return {world_.rng.between(1, std::max<std::int64_t>(1, std::ssize(world_.store.sweeps())))};
}

void Simulation::people() {
  every(40'000, [this] { coordinator_.submit(some_submission()); });
  every(60'000, [this] { coordinator_.cancel(some_sweep()); });
  every(60'000, [this] {
    if (!world_.store.sweeps().empty())
      coordinator_.retry(some_sweep(), {RunState::failed, RunState::cancelled});
  });
  every(120'000, [this] { coordinator_.pause(some_sweep()); });
  every(120'000, [this] { coordinator_.resume(some_sweep()); });
  every(120'000, [this] {
    coordinator_.priority(some_sweep(), static_cast<std::int32_t>(world_.rng.between(-2, 2)));
  });
}

void Simulation::tick() {
  network_.tick();
  for (auto& worker : workers_)
    worker->tick();
  coordinator_.tick();
  if (world_.calm) {
    // Somebody restarts what has ended, and paused sweeps are taken up.
    coordinator_.start();
    for (auto& worker : workers_)
      worker->start();
    for (const auto& [id, sweep] : world_.store.sweeps()) {
      if (sweep.state == "paused" && coordinator_.quiet()) coordinator_.resume(id);
    }
  }
  world_.agenda.after(tick_ms, [this] { tick(); });
}

void Simulation::calm_down() {
  world_.tell("the faults are over");
  world_.calm = true;
}

bool Simulation::at_rest() const {
  if (!coordinator_.up() || !coordinator_.quiet() || coordinator_.core()->active > 0) return false;
  const auto open = [](const auto& entry) { return entry.second.state == Stored::open; };
  if (std::any_of(world_.store.runs().begin(), world_.store.runs().end(), open)) return false;
  return std::all_of(workers_.begin(), workers_.end(),
                     [](const auto& worker) { return worker->at_rest(); });
}

/// Everything has ended as it would have without faults.
void Simulation::check_end() {
  if (!at_rest()) {
    world_.witness.note("an hour after the last fault the system has not come to rest");
    return;
  }
  for (const RunId& run : world_.witness.delivered()) {
    const StoredRun* stored = world_.store.find(run);
    if (stored->state != Stored::finished && stored->state != Stored::diverged)
      world_.witness.note("the result of run " + run.short_hex() + " was acknowledged and is gone");
  }
  for (const auto& [run, stored] : world_.store.runs()) {
    const Nature nature = nature_of(run, world_.faults.poison);
    const bool as_expected =
        stored.state == Stored::cancelled ||
        (nature.poison ? stored.state == Stored::failed
                       : stored.state == (nature.diverges ? Stored::diverged : Stored::finished));
    if (!as_expected) {
      world_.witness.note(fmt::format("run {} ended in state {}, poison {}, diverges {}",
                                      run.short_hex(), static_cast<int>(stored.state),
                                      nature.poison, nature.diverges));
    }
  }
}

SimulationReport Simulation::run() {
  world_.tell(world_.faults.to_string());
  coordinator_.start();
  for (auto& worker : workers_)
    worker->start();
  coordinator_.submit(some_submission());
  people();
  trouble();
  tick();
  const TimePoint trouble_ends = start_ + Duration{options_.trouble_ms};
  const TimePoint end = trouble_ends + Duration{options_.calm_max_ms};
  world_.agenda.at(trouble_ends, [this] { calm_down(); });
  while (!broken() && world_.agenda.now() < end && !(world_.calm && at_rest())) {
    world_.agenda.step();
    ++events_;
  }
  if (!broken()) check_end();

  SimulationReport report;
  report.seed = options_.seed;
  report.faults_drawn = world_.faults.to_string();
  report.broken = world_.witness.faults();
  report.broken.insert(report.broken.end(), world_.store.faults().begin(),
                       world_.store.faults().end());
  report.events = events_;
  report.virtual_ms = world_.agenda.now().ms - start_.ms;
  report.coordinator_starts = static_cast<std::uint64_t>(coordinator_.incarnation());
  for (const auto& [run, stored] : world_.store.runs()) {
    ++report.runs;
    report.finished += stored.state == Stored::finished;
    report.diverged += stored.state == Stored::diverged;
    report.failed += stored.state == Stored::failed;
    report.cancelled += stored.state == Stored::cancelled;
  }
  if (coordinator_.up()) {
    report.superseded = coordinator_.core()->counters.results_superseded;
    report.adopted = coordinator_.core()->counters.attempts_adopted;
  }
  return report;
}

}  // namespace

std::string SimulationReport::to_string() const {
  return fmt::format(
      "seed {}: {} events, {:.0f} s, {} runs: {} finished, {} diverged, {} failed, {} cancelled; "
      "{} starts of the "
      "coordinator{}{}",
      seed, events, static_cast<double>(virtual_ms) / 1e3, runs, finished, diverged, failed,
      cancelled, coordinator_starts,
      broken.empty() ? "" : "; BROKEN: ", broken.empty() ? "" : broken.front());
}

SimulationReport simulate(const SimulationOptions& options) {
  return Simulation(options).run();
}

}  // namespace scanyard::simulation
