//! A read model in memory with realistic data, hostile strings among them. The same constructor
//! arguments give the same data, so pages made from it are golden files.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "common/read_model.hpp"

namespace scanyard::web {

/// What people and programs must never be able to do with a name or a log.
inline const std::string hostile_name =
    "<script>alert('x')</script>\" onload=\"x & \xE2\x80\xAE\x1b[31mred";

class FakeReadModel : public ReadModel {
 public:
  enum class Content {
    nothing,  ///< a coordinator that was just started: no sweep, no worker
    full,     ///< four sweeps: 1 permutations (complete), 2 demo (active), 3 hostile (cancelled),
              ///< 4 fresh (all queued)
  };
  explicit FakeReadModel(Content content);

  /// 2026-11-22 13:49:23 UTC.
  static constexpr TimePoint start_time{1'795'355'363'000};

  // What may happen while a page is open. Each moves the change number.

  /// Ends up to `count` open runs of the demo sweep with a result, in order.
  void finish_runs(int count);
  /// Lets the first open run of the demo sweep fail.
  void fail_run();
  /// The only training worker is heard of no more.
  void lose_worker();
  /// A new sweep of `runs` queued runs.
  void submit(const std::string& name, int runs);
  /// Every call fails from now on, as when the database is damaged.
  void break_down();

  std::uint64_t change_number() override;
  Result<ServerStatus> server() override;
  Result<std::vector<SweepSummary>> sweeps() override;
  Result<SweepDetail> sweep(SweepId id) override;
  Result<std::vector<CellSummary>> cells(SweepId id) override;
  Result<std::vector<CellRun>> cell_runs(SweepId sweep, CellId cell) override;
  Result<std::vector<CurveOfRun>> cell_curves(SweepId sweep, CellId cell) override;
  Result<RunDetail> run(const RunId& id) override;
  Result<RunId> find_run(const std::string& prefix) override;
  Result<std::vector<WorkerStatus>> workers() override;
  Result<std::vector<KnownRun>> known_runs(std::span<const RunId> runs) override;

 private:
  /// One run with what decides its curve.
  struct Run {
    RunId id;
    RunState state = RunState::queued;
    std::string shape_json, replica_json, axes_json;
    double state_size = 0;
    double target = 0;       ///< accuracy that its curve tends to
    double half_epochs = 8;  ///< epochs to half of it
    int epochs = 40;         ///< of the whole training
    int epochs_done = 0;     ///< of a running one
    std::size_t cell = 0;    ///< index into cells of its sweep
    int failures = 0;
  };
  struct Cell {
    CellId id;
    std::string json, label;
    std::optional<double> published;
    double state = 0;
    std::vector<std::size_t> runs;  ///< indices into Sweep::runs
  };
  struct Sweep {
    SweepDetail detail;
    std::vector<Cell> cells;
    std::vector<Run> runs;
  };

  void add_permutations();
  void add_demo();
  void add_hostile();
  void add_workers();
  Sweep& add_sweep(std::string name, std::string description, std::string state, int hours_ago);
  static void count(Sweep& sweep);
  static std::vector<EpochPoint> curve_of(const Run& run);
  static std::optional<RunOutcome> outcome_of(const Run& run);
  static CellSummary summary_of(const Sweep& sweep, const Cell& cell);
  static std::vector<AttemptSummary> attempts_of(const Run& run);
  const Sweep* find(SweepId id) const;
  Result<const Cell*> find(SweepId sweep, CellId cell) const;

  std::mutex mutex_;
  std::vector<Sweep> sweeps_;  ///< by rising id
  std::vector<WorkerStatus> workers_;
  ServerStatus server_;
  std::uint64_t change_ = 1;
  std::int64_t cells_given_ = 0;
  bool broken_ = false;
};

}  // namespace scanyard::web
