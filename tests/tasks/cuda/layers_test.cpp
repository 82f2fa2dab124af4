//! The GPU's layers against the CPU's: the same model, the same numbers in.
#include <ATen/ops/norm.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/zeros_like.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "tests/tasks/cuda/gpu.hpp"
#include "tests/tasks/models/model_support.hpp"

namespace scanyard::models {
namespace {

/// Everything that one training pass computes, on the CPU.
struct Computed {
  at::Tensor logits, gradients, loss, counts;
};

Computed computed(const catalog::ShapeConfig& shape, const at::TensorOptions& options,
                  const at::Tensor& ids, const at::Tensor& targets) {
  LanguageModel model(shape);
  const Parameters made = testing::random_values(model.layout(), ids.size(0), 5, at::kFloat, 0.1);
  const Parameters values(model.layout(), made.flat().to(options.device()));
  const Parameters gradients(model.layout(), at::zeros_like(values.flat()));
  const at::Tensor logits = model.forward(values, ids.to(options.device()), &gradients);
  Computed result;
  result.logits = logits.to(at::kCPU).to(at::kFloat).clone();  // they become their gradient
  auto scores = testing::empty_scores(ids.size(0), shape.vocab);
  for (at::Tensor* one : {&scores.loss_sum, &scores.scored, &scores.right, &scores.counts})
    *one = one->to(options.device());
  backend_for(options.device().type())
      .cross_entropy(logits, targets.to(options.device()).view({ids.size(0), -1}), true, scores);
  model.backward(values, gradients, logits);
  result.gradients = gradients.flat().to(at::kCPU);
  result.loss = scores.loss_sum.to(at::kCPU);
  result.counts = scores.counts.to(at::kCPU);
  return result;
}

/// |a - b| / |b| over all elements.
double distance(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor x = a.to(at::kDouble), y = b.to(at::kDouble);
  return x.sub(y).norm().item<double>() / y.norm().item<double>();
}

catalog::ShapeConfig shape_of(const std::string& mixer) {
  return testing::parsed("{" + mixer + R"(,"layers":2,"task":"permutation","group":3,"length":9,)" +
                         R"("train":8,"test":8,"batch":8,"epochs":1,"precision":"fp32"})");
}

const char* const mixers[] = {
    R"("model":"bdlru","m":1,"hidden":5,"width":20)",
    R"("model":"bdlru","m":5,"hidden":4,"width":128)",
    R"("model":"bdlru","m":8,"hidden":3,"width":33,"gate":"sigmoid_l1")",
    R"("model":"bdlru","m":3,"hidden":7,"width":160,"gate":"tanh_l1")",
    R"("model":"bdlru","m":2,"hidden":21,"width":32,"gate":"no_norm")",
    R"("model":"hlru","m":4,"hidden":6,"width":32)",
    R"("model":"hlru","m":1,"hidden":9,"width":64,"gate":"sigmoid_l1")",
    R"("model":"lstm","hidden":12,"width":32)"};

TEST_CASE("the GPU computes what the CPU computes, in fp32 and with bf16 products") {
  const auto options = testing::gpu();
  const auto mixer = GENERATE(from_range(std::begin(mixers), std::end(mixers)));
  const auto precision = GENERATE(catalog::Precision::fp32, catalog::Precision::bf16);
  auto shape = shape_of(mixer);
  shape.precision = precision;
  CAPTURE(mixer, precision == catalog::Precision::bf16);
  const at::Tensor ids = testing::random_ids({3, 8, 9}, shape.vocab, 3);
  const at::Tensor targets = testing::random_ids({3, 8, 9}, shape.vocab, 4, true);
  const Computed cpu = computed(shape, at::TensorOptions().dtype(at::kFloat), ids, targets);
  const Computed here = computed(shape, options, ids, targets);
  const bool rounded = precision == catalog::Precision::bf16;
  CHECK(distance(here.logits, cpu.logits) < (rounded ? 2e-2 : 1e-5));
  CHECK(distance(here.gradients, cpu.gradients) < (rounded ? 3e-2 : 2e-5));
  CHECK(distance(here.loss, cpu.loss) < (rounded ? 1e-2 : 1e-6));
  if (!rounded) CHECK(testing::same_bits(here.counts, cpu.counts));
}

TEST_CASE("a replica's numbers do not depend on how many there are, bit for bit") {
  const auto options = testing::gpu();
  auto shape = shape_of(GENERATE(from_range(std::begin(mixers), std::end(mixers))));
  shape.precision = GENERATE(catalog::Precision::fp32, catalog::Precision::bf16);
  const at::Tensor ids = testing::random_ids({7, 8, 9}, shape.vocab, 3);
  const at::Tensor targets = testing::random_ids({7, 8, 9}, shape.vocab, 4, true);
  const Computed many = computed(shape, options, ids, targets);
  const Computed one = computed(shape, options, testing::row(ids, 0), testing::row(targets, 0));
  CHECK(testing::same_bits(testing::row(many.gradients, 0), one.gradients));
  CHECK(testing::same_bits(testing::row(many.logits, 0), one.logits));
  CHECK(testing::same_bits(testing::row(many.loss, 0), one.loss));
}

}  // namespace
}  // namespace scanyard::models
