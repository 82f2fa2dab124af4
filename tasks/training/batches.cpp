#include "tasks/training/batches.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>

#include <algorithm>

#include "common/random/shuffle.hpp"
#include "tasks/data/generate.hpp"

namespace scanyard::training {
namespace {

at::Tensor host_tensor(const std::vector<std::int32_t>& values, at::IntArrayRef sizes) {
  const at::Tensor host = at::empty(sizes, at::kInt);
  std::copy(values.begin(), values.end(), host.mutable_data_ptr<std::int32_t>());
  return host;
}

at::Tensor tensor_of(const std::vector<std::int32_t>& values, at::IntArrayRef sizes,
                     const at::TensorOptions& options) {
  return host_tensor(values, sizes).to(options.device());
}

SequenceTensors tensors_of(const data::Sequences& sequences, const at::TensorOptions& options) {
  const auto sizes = {sequences.count, sequences.length};
  return {tensor_of(sequences.inputs, sizes, options),
          tensor_of(sequences.targets, sizes, options)};
}

}  // namespace

std::shared_ptr<const Dataset> Batches::dataset(std::uint64_t seed) {
  std::erase_if(datasets_, [](const auto& entry) { return entry.second.expired(); });
  if (auto shared = datasets_[seed].lock()) return shared;
  const data::TaskData made = data::generate(shape_, seed);
  auto fresh = std::make_shared<const Dataset>(
      Dataset{tensors_of(made.train, options_), tensors_of(made.test, options_)});
  datasets_[seed] = fresh;
  return fresh;
}

at::Tensor Batches::order(std::uint64_t seed, std::int64_t epoch) {
  // Orders of which only this map still knows belong to epochs that are over.
  std::erase_if(orders_, [](const auto& entry) { return entry.second.use_count() == 1; });
  at::Tensor& order = orders_[{seed, epoch}];
  if (!order.defined()) {
    prepare_order(seed, epoch);
    order = prepared_.extract({seed, epoch}).mapped().to(options_.device());
  }
  return order;
}

void Batches::prepare_order(std::uint64_t seed, std::int64_t epoch) {
  // What nobody came for belongs to a run that ended: keep the few of the coming epoch only.
  std::erase_if(prepared_, [&](const auto& entry) {
    return entry.first.first == seed && entry.first.second != epoch;
  });
  at::Tensor& order = prepared_[{seed, epoch}];
  if (order.defined()) return;
  order =
      host_tensor(random::shuffled(seed, random::Stream::shuffle, static_cast<std::uint32_t>(epoch),
                                   static_cast<std::int32_t>(shape_.train)),
                  {shape_.train});
}

Batch Batches::empty_batch(std::size_t replicas, std::int64_t count) {
  const auto sizes = {std::int64_t(replicas), count, shape_.length};
  return {ids_.get(sizes, options_), targets_.get(sizes, options_)};
}

Batch Batches::train(const std::vector<std::shared_ptr<const Dataset>>& data,
                     const std::vector<at::Tensor>& orders, std::int64_t first,
                     std::int64_t count) {
  const Batch batch = empty_batch(data.size(), count);
  for (std::size_t r = 0; r < data.size(); ++r) {
    const at::Tensor rows = orders[r].narrow(0, first, count);
    at::Tensor ids = batch.ids.select(0, std::int64_t(r));
    at::Tensor targets = batch.targets.select(0, std::int64_t(r));
    at::index_select_out(ids, data[r]->train.ids, 0, rows);
    at::index_select_out(targets, data[r]->train.targets, 0, rows);
  }
  return batch;
}

Batch Batches::test(const std::vector<std::shared_ptr<const Dataset>>& data, std::int64_t first,
                    std::int64_t count) {
  const Batch batch = empty_batch(data.size(), count);
  for (std::size_t r = 0; r < data.size(); ++r) {
    batch.ids.select(0, std::int64_t(r)).copy_(data[r]->test.ids.narrow(0, first, count));
    batch.targets.select(0, std::int64_t(r)).copy_(data[r]->test.targets.narrow(0, first, count));
  }
  return batch;
}

}  // namespace scanyard::training
