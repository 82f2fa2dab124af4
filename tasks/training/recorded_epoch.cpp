#include "tasks/training/recorded_epoch.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstring>

#include "common/assert.hpp"

namespace scanyard::training {
namespace {

constexpr std::int64_t row_floats = sizeof(kernels::AdamwRow) / sizeof(float);

std::int64_t address_of(const at::Tensor& x) {
  return x.defined() ? std::int64_t(reinterpret_cast<std::intptr_t>(x.const_data_ptr())) : 0;
}

std::int64_t batches_of(std::int64_t sequences, std::int64_t batch) {
  return (sequences + batch - 1) / batch;
}

/// A table that the host can read, once the device is done.
template <class T>
struct HostTable {
  explicit HostTable(const at::Tensor& device) : tensor(device.to(at::kCPU)) {}
  const T& at(std::int64_t row, std::int64_t replica) const {
    return *(tensor.const_data_ptr<T>() + row * tensor.stride(0) + replica * tensor.stride(1));
  }
  at::Tensor tensor;
};

struct HostScores {
  explicit HostScores(const models::BatchScores& scores)
      : loss_sum(scores.loss_sum), scored(scores.scored), right(scores.right) {}
  BatchCounts of(std::int64_t batch, std::int64_t replica) const {
    return {loss_sum.at(batch, replica), scored.at(batch, replica), right.at(batch, replica), {}};
  }
  HostTable<double> loss_sum;
  HostTable<std::int64_t> scored, right;
};

}  // namespace

RecordedEpoch::RecordedEpoch(const catalog::ShapeConfig& shape, PackModel& model,
                             const at::TensorOptions& options)
    : shape_(shape),
      model_(model),
      options_(options),
      backend_(models::backend_for(options.device().type())) {}

RecordedEpoch::Tables RecordedEpoch::tables(std::int64_t batches, bool counts) const {
  const std::int64_t replicas = model_.replicas();
  Tables made;
  made.from.addresses = at::empty({replicas, 3}, of(at::kLong));
  made.from.cursor = at::zeros({replicas}, of(at::kInt));
  made.from.batch = shape_.batch;
  made.scores.loss_sum = at::zeros({batches, replicas}, of(at::kDouble));
  made.scores.scored = at::zeros({batches, replicas}, of(at::kLong));
  made.scores.right = at::zeros({batches, replicas}, of(at::kLong));
  if (counts)
    made.scores.counts = at::zeros({batches, replicas, 3, shape_.vocab}, of(at::kLong));
  made.scores.cursor = made.from.cursor;
  return made;
}

void RecordedEpoch::make_tables() {
  training_.clear();
  evaluation_ = {};
  train_ = tables(catalog::steps_per_epoch(shape_), false);
  test_ = tables(batches_of(shape_.test, shape_.batch), true);
  schedule_ =
      at::empty({catalog::steps_per_epoch(shape_), model_.replicas(), row_floats}, of(at::kFloat));
  version_ = model_.version();
}

void RecordedEpoch::begin(const std::vector<EpochInput>& replicas) {
  SCANYARD_ASSERT(std::int64_t(replicas.size()) == model_.replicas(), "one input a replica");
  replicas_ = replicas;
  const bool fresh = version_ != model_.version();
  if (fresh) make_tables();
  const auto count = std::int64_t(replicas.size()), steps = schedule_.size(0);
  const at::Tensor train = at::empty({count, 3}, at::kLong), test = at::empty({count, 3}, at::kLong);
  const at::Tensor schedule = at::empty(schedule_.sizes(), at::kFloat);
  for (std::int64_t r = 0; r < count; ++r) {
    const EpochInput& own = replicas[std::size_t(r)];
    const std::int64_t of_train[] = {address_of(own.data->train.ids),
                                     address_of(own.data->train.targets), address_of(own.order)};
    const std::int64_t of_test[] = {address_of(own.data->test.ids),
                                    address_of(own.data->test.targets), 0};
    std::copy_n(of_train, 3, train.mutable_data_ptr<std::int64_t>() + 3 * r);
    std::copy_n(of_test, 3, test.mutable_data_ptr<std::int64_t>() + 3 * r);
    kernels::AdamwScalars scalars = own.scalars;
    for (std::int64_t s = 0; s < steps; ++s, ++scalars.step) {
      const kernels::AdamwRow row = kernels::adamw_row(scalars);
      std::memcpy(schedule.mutable_data_ptr<float>() + (s * count + r) * row_floats, &row,
                  sizeof row);
    }
  }
  train_.from.addresses.copy_(train);
  test_.from.addresses.copy_(test);
  schedule_.copy_(schedule);
  train_.from.cursor.zero_();
  // Before anything is recorded, all memory of forward passes is in place: a later, larger batch
  // would move it.
  if (fresh) evaluate();
}

template <class Work>
void RecordedEpoch::run(Program& program, const Work& work) {
  if (!program.recording && program.done_once) program.recording = backend_.record(work);
  if (program.recording) {
    program.recording->replay();
  } else {
    work();
    program.done_once = true;
  }
}

void RecordedEpoch::train_one(std::int64_t count) {
  const auto sizes = {model_.replicas(), count, shape_.length};
  const at::Tensor ids = ids_.get(sizes, of(at::kInt)), targets = targets_.get(sizes, of(at::kInt));
  backend_.gather(train_.from, ids, targets, train_.scores);
  model_.train_scheduled(ids, targets, schedule_, train_.scores);
}

void RecordedEpoch::train(std::int64_t first, std::int64_t count) {
  for (std::int64_t step = first; step < first + count; ++step) {
    const std::int64_t sequences = std::min(shape_.batch, shape_.train - step * shape_.batch);
    run(training_[sequences], [&] { train_one(sequences); });
  }
}

void RecordedEpoch::evaluate_all() {
  test_.from.cursor.zero_();
  test_.scores.counts.zero_();
  for (std::int64_t first = 0; first < shape_.test; first += shape_.batch) {
    const auto sizes = {model_.replicas(), std::min(shape_.batch, shape_.test - first),
                        shape_.length};
    const at::Tensor ids = ids_.get(sizes, of(at::kInt)),
                     targets = targets_.get(sizes, of(at::kInt));
    backend_.gather(test_.from, ids, targets, test_.scores);
    model_.evaluate_into(ids, targets, test_.scores);
  }
}

void RecordedEpoch::evaluate() {
  run(evaluation_, [this] { evaluate_all(); });
}

std::vector<EpochResult> RecordedEpoch::results() {
  const std::vector<bool> finite = model_.are_finite();
  const HostScores train(train_.scores), test(test_.scores);
  const HostTable<std::int64_t> counts(test_.scores.counts);
  std::vector<EpochResult> all(replicas_.size());
  for (std::int64_t r = 0; r < model_.replicas(); ++r) {
    EpochResult& own = all[std::size_t(r)];
    own.finite = finite[std::size_t(r)];
    for (std::int64_t s = 0; s < train_.scores.loss_sum.size(0); ++s)
      own.batches.push_back(train.of(s, r));
    EpochMetric metric;
    for (std::int64_t b = 0; b < test_.scores.loss_sum.size(0); ++b) {
      BatchCounts batch = test.of(b, r);
      batch.by_class = {&counts.at(b, r), std::size_t(3 * shape_.vocab)};
      metric.add(batch_metric(batch), std::min(shape_.batch, shape_.test - b * shape_.batch));
    }
    own.metric = metric.mean();
  }
  return all;
}

void RecordedEpoch::keep(std::span<const std::int64_t> rows) {
  const at::Tensor host = at::empty({std::int64_t(rows.size())}, at::kLong);
  std::copy(rows.begin(), rows.end(), host.mutable_data_ptr<std::int64_t>());
  const at::Tensor index = host.to(options_.device());
  std::vector<EpochInput> kept;
  for (const std::int64_t row : rows)
    kept.push_back(replicas_[std::size_t(row)]);
  replicas_ = std::move(kept);
  for (Tables* part : {&train_, &test_}) {
    part->from.addresses = part->from.addresses.index_select(0, index);
    part->from.cursor = part->from.cursor.index_select(0, index);
    part->scores.cursor = part->from.cursor;
    for (at::Tensor* table : {&part->scores.loss_sum, &part->scores.scored, &part->scores.right,
                              &part->scores.counts}) {
      if (table->defined()) *table = table->index_select(1, index);
    }
  }
  schedule_ = schedule_.index_select(1, index);
  training_.clear();
  evaluation_ = {};
  version_ = model_.version();
}

}  // namespace scanyard::training
