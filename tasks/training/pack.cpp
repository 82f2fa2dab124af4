#include "tasks/training/pack.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "common/assert.hpp"
#include "tasks/data/schedule.hpp"

namespace scanyard::training {
namespace {

/// Steps that are started in one go on a device that records, before commands are looked at again.
constexpr std::int64_t steps_started_at_once = 64;

/// A batch's scores where the host can read them.
struct HostScores {
  explicit HostScores(const models::BatchScores& scores)
      : loss_sum(scores.loss_sum.to(at::kCPU)),
        scored(scores.scored.to(at::kCPU)),
        right(scores.right.to(at::kCPU)),
        counts(scores.counts.to(at::kCPU)) {}

  BatchCounts of(std::int64_t replica) const {
    const auto per_replica = static_cast<std::size_t>(counts.stride(0));
    return {loss_sum.const_data_ptr<double>()[replica],
            scored.const_data_ptr<std::int64_t>()[replica],
            right.const_data_ptr<std::int64_t>()[replica],
            {counts.const_data_ptr<std::int64_t>() + replica * counts.stride(0), per_replica}};
  }

  at::Tensor loss_sum, scored, right, counts;
};

}  // namespace

Pack::Pack(const catalog::ShapeConfig& shape, Surroundings surroundings)
    : shape_(shape),
      surroundings_(std::move(surroundings)),
      model_(shape, surroundings_.options),
      batches_(shape, surroundings_.options) {
  if (models::backend_for(surroundings_.options.device().type()).records())
    recorded_ = std::make_unique<RecordedEpoch>(shape_, model_, surroundings_.options);
}

bool Pack::contains(const RunId& run) const {
  const auto is_it = [&](const auto& other) { return other.run == run; };
  return std::any_of(running_.begin(), running_.end(), is_it) ||
         std::any_of(waiting_.begin(), waiting_.end(), is_it);
}

void Pack::add(RunState run) {
  SCANYARD_ASSERT(!contains(run.run), "a run is trained once at a time");
  waiting_.push_back(std::move(run));
}

bool Pack::stop(const RunId& run) {
  if (std::erase_if(waiting_, [&](const RunState& state) { return state.run == run; }) > 0)
    return true;
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [&](const Running& replica) { return replica.run == run; });
  if (found == running_.end()) return false;
  found->ended = true;
  drop_ended();
  return true;
}

std::vector<trainer_lines::Event> Pack::advance() {
  Events events;
  if (at_epoch_boundary()) {
    take_in_waiting(events);
    drop_ended();
    begin_epoch();
  }
  if (running_.empty()) return events;
  if (recorded_) {
    train_recorded(events);
    return events;
  }
  train_batch(events);
  drop_ended();
  if (step_in_epoch_ == catalog::steps_per_epoch(shape_)) {
    step_in_epoch_ = 0;
    end_epoch(events);
    in_epoch_ = false;
    drop_ended();
  }
  return events;
}

void Pack::take_in_waiting(Events& events) {
  const auto size = static_cast<std::int32_t>(running_.size() + waiting_.size());
  std::map<std::uint64_t, ReplicaNumbers> initial;  // runs often differ in the rate only
  std::vector<ReplicaNumbers> numbers;
  for (const RunState& state : waiting_) {
    if (!state.numbers && !initial.contains(state.values.seed))
      initial.emplace(state.values.seed, model_.initial(state.values.seed));
    numbers.push_back(state.numbers ? *state.numbers : initial.at(state.values.seed));
  }
  model_.append(numbers);
  for (RunState& state : std::exchange(waiting_, {})) {
    for (const auto& point : state.curve_was_told ? std::vector<EpochPoint>() : state.progress.curve)
      events.push_back(trainer_lines::Epoch{state.run, point});
    Running& replica = running_.emplace_back();
    replica.run = state.run;
    replica.values = state.values;
    replica.progress = std::move(state.progress);
    replica.data = batches_.dataset(replica.values.seed);
    replica.joined_s = surroundings_.now_s();
    replica.pack_size = size;
    if (replica.progress.epochs_done() >= shape_.epochs) end(replica, RunEnd::all_epochs, events);
  }
}

void Pack::begin_epoch() {
  const ReplicaNumbers all = model_.snapshot();
  for (std::size_t r = 0; r < running_.size(); ++r) {
    Running& replica = running_[r];
    const auto row = [r](const at::Tensor& rows) { return rows.select(0, std::int64_t(r)); };
    replica.at_boundary = progress_of(replica);
    replica.at_boundary.numbers =
        ReplicaNumbers{row(all.values), row(all.first_moments), row(all.second_moments)};
    replica.order = batches_.order(replica.values.seed, replica.progress.epochs_done());
    replica.loss_sum = 0;
    replica.loss_weight = 0;
  }
  in_epoch_ = true;
  if (!recorded_) return;
  std::vector<EpochInput> inputs;
  for (const Running& replica : running_)
    inputs.push_back({replica.data, replica.order, scalars_of(replica)});
  recorded_->begin(inputs);
}

kernels::AdamwScalars Pack::scalars_of(const Running& replica) const {
  kernels::AdamwScalars scalars;
  scalars.lr = data::learning_rate(shape_.schedule, replica.values, replica.progress.epochs_done(),
                                   shape_.epochs);
  scalars.weight_decay = replica.values.weight_decay;
  scalars.step = replica.progress.steps_done + 1;
  return scalars;
}

std::vector<std::shared_ptr<const Dataset>> Pack::data() const {
  std::vector<std::shared_ptr<const Dataset>> all;
  for (const Running& replica : running_)
    all.push_back(replica.data);
  return all;
}

void Pack::train_batch(Events& events) {
  const std::int64_t first = step_in_epoch_ * shape_.batch;
  const std::int64_t count = std::min(shape_.batch, shape_.train - first);
  std::vector<at::Tensor> orders;
  std::vector<kernels::AdamwScalars> scalars;
  for (const Running& replica : running_) {
    orders.push_back(replica.order);
    scalars.push_back(scalars_of(replica));
  }
  const Batch batch = batches_.train(data(), orders, first, count);
  const HostScores scores(model_.train(batch.ids, batch.targets, scalars));
  ++step_in_epoch_;
  surroundings_.on_step();
  for (std::size_t r = 0; r < running_.size(); ++r)
    take_batch(running_[r], scores.of(std::int64_t(r)), count, events);
}

bool Pack::take_batch(Running& replica, const BatchCounts& counts, std::int64_t sequences,
                      Events& events) {
  if (!std::isfinite(counts.loss_sum)) {
    end(replica, RunEnd::diverged, events);
    return false;
  }
  ++replica.progress.steps_done;
  if (counts.scored == 0) return true;  // a batch without targets has no loss and moves nothing
  replica.loss_sum += double(sequences) * (counts.loss_sum / double(counts.scored));
  replica.loss_weight += sequences;
  return true;
}

void Pack::train_recorded(Events& events) {
  const std::int64_t all = catalog::steps_per_epoch(shape_);
  const std::int64_t count = std::min(steps_started_at_once, all - step_in_epoch_);
  recorded_->train(step_in_epoch_, count);
  step_in_epoch_ += count;
  for (std::int64_t i = 0; i < count; ++i)
    surroundings_.on_step();
  if (step_in_epoch_ < all) return;
  step_in_epoch_ = 0;
  end_recorded_epoch(events);
  in_epoch_ = false;
  drop_ended();
}

void Pack::end_recorded_epoch(Events& events) {
  recorded_->evaluate();
  // The host shuffles for the next epoch while the device is busy with this one.
  for (const Running& replica : running_)
    batches_.prepare_order(replica.values.seed, replica.progress.epochs_done() + 1);
  const std::vector<EpochResult> results = recorded_->results();
  for (std::size_t r = 0; r < running_.size(); ++r) {
    Running& replica = running_[r];
    std::int64_t left = shape_.train;
    bool going = true;
    for (std::size_t s = 0; s < results[r].batches.size() && going; ++s, left -= shape_.batch)
      going = take_batch(replica, results[r].batches[s], std::min(shape_.batch, left), events);
    if (going && !results[r].finite) {
      end(replica, RunEnd::diverged, events);
    } else if (going) {
      close_epoch(replica, results[r].metric, events);
    }
  }
}

void Pack::end_epoch(Events& events) {
  const std::vector<bool> finite = model_.are_finite();
  for (std::size_t r = 0; r < running_.size(); ++r) {
    if (!finite[r]) end(running_[r], RunEnd::diverged, events);
  }
  drop_ended();
  if (running_.empty()) return;
  const std::vector<Metric> metrics = evaluate();
  for (std::size_t r = 0; r < running_.size(); ++r)
    close_epoch(running_[r], metrics[r], events);
}

void Pack::close_epoch(Running& replica, const Metric& metric, Events& events) {
  const EpochPoint point{
      .epoch = replica.progress.epochs_done() + 1,
      .step = replica.progress.steps_done,
      .train_loss = replica.loss_weight > 0 ? replica.loss_sum / double(replica.loss_weight) : 0,
      .test_accuracy = metric.macro_accuracy,
      .test_micro_accuracy = metric.micro_accuracy,
      .test_perplexity = capped(metric.perplexity)};
  replica.progress.curve.push_back(point);
  events.push_back(trainer_lines::Epoch{replica.run, point});
  if (point.test_accuracy > replica.values.early_stop) {
    end(replica, RunEnd::solved, events);
  } else if (replica.progress.epochs_done() == shape_.epochs) {
    end(replica, RunEnd::all_epochs, events);
  }
}

std::vector<Metric> Pack::evaluate() {
  std::vector<EpochMetric> sums(running_.size());
  for (std::int64_t first = 0; first < shape_.test; first += shape_.batch) {
    const std::int64_t count = std::min(shape_.batch, shape_.test - first);
    const Batch batch = batches_.test(data(), first, count);
    const HostScores scores(model_.evaluate(batch.ids, batch.targets));
    for (std::size_t r = 0; r < running_.size(); ++r)
      sums[r].add(batch_metric(scores.of(std::int64_t(r))), count);
  }
  std::vector<Metric> means;
  for (const EpochMetric& sum : sums)
    means.push_back(sum.mean());
  return means;
}

void Pack::end(Running& replica, RunEnd how, Events& events) {
  RunOutcome outcome = outcome_of(replica.progress, how);
  outcome.train_s = replica.progress.train_s + surroundings_.now_s() - replica.joined_s;
  outcome.pack_size = replica.pack_size;
  outcome.device = surroundings_.device;
  outcome.build = surroundings_.build;
  events.push_back(trainer_lines::Finished{replica.run, std::move(outcome)});
  replica.ended = true;
}

void Pack::drop_ended() {
  std::vector<std::int64_t> kept;
  for (std::size_t r = 0; r < running_.size(); ++r) {
    if (!running_[r].ended) kept.push_back(std::int64_t(r));
  }
  if (kept.size() == running_.size()) return;
  model_.keep(kept);
  if (recorded_ && !at_epoch_boundary()) recorded_->keep(kept);
  std::erase_if(running_, [](const Running& replica) { return replica.ended; });
  if (running_.empty()) step_in_epoch_ = 0;
}

RunState Pack::progress_of(const Running& replica) const {
  RunState state{replica.run, replica.values, replica.progress, std::nullopt};
  state.progress.train_s += surroundings_.now_s() - replica.joined_s;
  return state;
}

RunState Pack::state_of(std::size_t row) const {
  RunState state = progress_of(running_[row]);
  state.numbers = model_.numbers(std::int64_t(row));
  return state;
}

std::vector<RunId> Pack::runs() const {
  std::vector<RunId> all;
  for (const Running& replica : running_)
    all.push_back(replica.run);
  for (const RunState& state : waiting_)
    all.push_back(state.run);
  return all;
}

std::vector<RunState> Pack::salvage() const {
  std::vector<RunState> all = waiting_;
  for (std::size_t r = 0; r < running_.size(); ++r) {
    RunState& state = all.emplace_back(in_epoch_ ? running_[r].at_boundary
                                                 : progress_of(running_[r]));
    if (!state.numbers) state.numbers = model_.row(std::int64_t(r));
    state.curve_was_told = true;
  }
  for (RunState& state : all) {
    if (!state.numbers) continue;
    for (at::Tensor* part : {&state.numbers->values, &state.numbers->first_moments,
                             &state.numbers->second_moments})
      *part = part->to(at::kCPU);
  }
  return all;
}

std::vector<RunState> Pack::states() const {
  std::vector<RunState> all = waiting_;
  for (RunState& state : all) {
    if (!state.numbers) state.numbers = model_.initial(state.values.seed);
  }
  for (std::size_t r = 0; r < running_.size(); ++r)
    all.push_back(at_epoch_boundary() ? state_of(r) : running_[r].at_boundary);
  return all;
}

}  // namespace scanyard::training
