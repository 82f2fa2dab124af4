//! A pack in training: runs of one shape that step together, each with its own rate, seed, data and
//! end. What a run computes does not depend on the others (pack_model.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/trainer_lines/lines.hpp"
#include "tasks/catalog/config.hpp"
#include "tasks/training/batches.hpp"
#include "tasks/training/metric.hpp"
#include "tasks/training/pack_model.hpp"
#include "tasks/training/progress.hpp"
#include "tasks/training/recorded_epoch.hpp"

namespace scanyard::training {

/// A run as it starts, or as it was when it stopped.
struct RunState {
  RunId run;
  catalog::ReplicaConfig values;
  Progress progress;
  std::optional<ReplicaNumbers> numbers;  ///< nothing = initial values of the seed
  bool curve_was_told = false;            ///< the epochs behind it need no events any more
};

/// What a pack needs from outside.
struct Surroundings {
  at::TensorOptions options;      ///< device, and float32 (float64 in tests)
  std::function<double()> now_s;  ///< a clock that only rises, seconds
  std::string device;             ///< for results: "cpu: AMD EPYC, 1 thread"
  std::string build;
  /// Whether the device still computes: asked after a failure that no input explains.
  std::function<bool()> device_works = [] { return true; };
  /// Called after every optimiser step, with the number of steps of this call (1).
  std::function<void()> on_step = [] {};
};

/// Usage: add() runs, then advance() until empty(); events come back from advance(). Runs may be
/// added, stopped and looked at between any two calls. Not thread-safe. Throws what LibTorch throws
/// (std::bad_alloc, c10::Error), after which the pack is unusable.
class Pack {
 public:
  Pack(const catalog::ShapeConfig& shape, Surroundings surroundings);

  const catalog::ShapeConfig& shape() const { return shape_; }
  const models::ParameterLayout& layout() const { return model_.layout(); }
  /// Nothing is training or waiting.
  bool empty() const { return running_.empty() && waiting_.empty(); }
  /// Every running replica has completed its epoch: where runs join.
  bool at_epoch_boundary() const { return step_in_epoch_ == 0; }
  bool contains(const RunId& run) const;
  std::size_t size() const { return running_.size() + waiting_.size(); }
  std::vector<RunId> runs() const;

  /// Joins at the next epoch boundary. Asserts that the run is not here yet.
  void add(RunState run);
  /// Forgets a run at once. False when it is not here.
  bool stop(const RunId& run);

  /// One optimiser step of all running replicas (on a device that records, some steps, which are only
  /// started here); after an epoch's last one also the evaluation. Returns what happened, in order:
  /// Epoch and Finished events, and the Epochs of runs that joined with a history.
  std::vector<trainer_lines::Event> advance();

  /// All runs as they were at their last epoch boundary, to be continued elsewhere bit for bit;
  /// `numbers` is set. At any time: what was done of the current epoch is not in them.
  std::vector<RunState> states() const;
  /// The same after advance() has thrown: all numbers in the host's memory, nothing else is asked of
  /// the device. The pack is of no other use then.
  std::vector<RunState> salvage() const;

 private:
  struct Running {
    RunId run;
    catalog::ReplicaConfig values;
    Progress progress;
    std::shared_ptr<const Dataset> data;
    at::Tensor order;              ///< of the current epoch
    RunState at_boundary;          ///< as it was before the current epoch
    double loss_sum = 0;           ///< over the epoch's batches, weighted by sequences
    std::int64_t loss_weight = 0;  ///< sequences of batches that had targets
    double joined_s = 0;
    std::int32_t pack_size = 1;
    bool ended = false;
  };
  using Events = std::vector<trainer_lines::Event>;

  void take_in_waiting(Events& events);
  void begin_epoch();
  void train_batch(Events& events);
  void end_epoch(Events& events);
  /// The same two on a device that records.
  void train_recorded(Events& events);
  void end_recorded_epoch(Events& events);
  /// Counts a step and its loss; false when the loss is not finite and the replica has ended.
  bool take_batch(Running& replica, const BatchCounts& counts, std::int64_t sequences,
                  Events& events);
  void close_epoch(Running& replica, const Metric& metric, Events& events);
  kernels::AdamwScalars scalars_of(const Running& replica) const;
  std::vector<Metric> evaluate();
  void end(Running& replica, RunEnd how, Events& events);
  RunState progress_of(const Running& replica) const;
  RunState state_of(std::size_t row) const;
  void drop_ended();
  std::vector<std::shared_ptr<const Dataset>> data() const;

  catalog::ShapeConfig shape_;
  Surroundings surroundings_;
  PackModel model_;
  Batches batches_;
  std::unique_ptr<RecordedEpoch> recorded_;  ///< where the device records
  std::vector<Running> running_;  ///< row r of the model belongs to running_[r]
  std::vector<RunState> waiting_;
  std::int64_t step_in_epoch_ = 0;
  bool in_epoch_ = false;  ///< at_boundary is what the runs go back to
};

}  // namespace scanyard::training
