#include "tasks/training/batches.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <numeric>

#include "tests/tasks/models/model_support.hpp"

namespace scanyard::training {
namespace {

using testing::same_bits;

const char* const json =
    R"({"model":"lstm","hidden":4,"task":"permutation","group":4,"length":6,"train":30,"test":11,)"
    R"("batch":8,"precision":"fp32"})";

Batches made() {
  return {testing::parsed(json), at::TensorOptions().dtype(at::kFloat)};
}

std::vector<std::int32_t> values(const at::Tensor& tensor) {
  return {tensor.const_data_ptr<std::int32_t>(),
          tensor.const_data_ptr<std::int32_t>() + tensor.numel()};
}

TEST_CASE("replicas of equal seed share their data, others have their own") {
  Batches batches = made();
  const auto one = batches.dataset(1);
  CHECK(batches.dataset(1) == one);
  const auto two = batches.dataset(2);
  CHECK_FALSE(same_bits(one->train.ids, two->train.ids));
  CHECK(one->train.ids.sizes() == at::IntArrayRef({30, 6}));
  CHECK(one->test.targets.sizes() == at::IntArrayRef({11, 6}));
  CHECK_FALSE(same_bits(one->train.ids.narrow(0, 0, 11), one->test.ids));
}

TEST_CASE("an order that was prepared is the order, also after one that nobody came for") {
  Batches batches = made();
  batches.prepare_order(1, 4);
  batches.prepare_order(1, 5);
  batches.prepare_order(2, 5);
  CHECK(same_bits(batches.order(1, 5), made().order(1, 5)));
  CHECK(same_bits(batches.order(1, 4), made().order(1, 4)));
  CHECK(same_bits(batches.order(2, 5), made().order(2, 5)));
  CHECK_FALSE(same_bits(batches.order(1, 4), batches.order(1, 5)));
}

TEST_CASE("an epoch's order is a permutation of the training sequences, by seed and epoch") {
  Batches batches = made();
  const at::Tensor order = batches.order(1, 0);
  auto sorted = values(order);
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::int32_t> all(30);
  std::iota(all.begin(), all.end(), 0);
  CHECK((sorted == all));
  CHECK(batches.order(1, 0).is_same(order));
  CHECK_FALSE(same_bits(batches.order(1, 1), order));
  CHECK_FALSE(same_bits(batches.order(2, 0), order));
  Batches again = made();
  CHECK(same_bits(again.order(1, 0), order));
}

TEST_CASE("a training batch holds every replica's own sequences in its own order") {
  Batches batches = made();
  const std::vector<std::shared_ptr<const Dataset>> data = {batches.dataset(1), batches.dataset(2)};
  const std::vector<at::Tensor> orders = {batches.order(1, 0), batches.order(2, 3)};
  const Batch last = batches.train(data, orders, 24, 6);
  CHECK(last.ids.sizes() == at::IntArrayRef({2, 6, 6}));
  for (std::int64_t r = 0; r < 2; ++r) {
    for (std::int64_t i = 0; i < 6; ++i) {
      const std::int64_t row = orders[std::size_t(r)].select(0, 24 + i).item<std::int32_t>();
      const auto& train = data[std::size_t(r)]->train;
      CHECK(same_bits(last.ids.select(0, r).select(0, i), train.ids.select(0, row)));
      CHECK(same_bits(last.targets.select(0, r).select(0, i), train.targets.select(0, row)));
    }
  }
}

TEST_CASE("a test batch keeps the order of generation") {
  Batches batches = made();
  const std::vector<std::shared_ptr<const Dataset>> data = {batches.dataset(1), batches.dataset(2)};
  const Batch last = batches.test(data, 8, 3);
  CHECK(same_bits(last.ids.select(0, 1), data[1]->test.ids.narrow(0, 8, 3)));
  CHECK(same_bits(last.targets.select(0, 0), data[0]->test.targets.narrow(0, 8, 3)));
}

}  // namespace
}  // namespace scanyard::training
