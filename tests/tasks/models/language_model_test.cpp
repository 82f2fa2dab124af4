//! The backbone as a whole: gradients against differences, and replicas that do not see each other.
#include "tasks/models/language_model.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/zeros_like.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/tasks/models/model_support.hpp"

namespace scanyard::models {
namespace {

using testing::empty_scores;
using testing::random_ids;
using testing::random_values;
using testing::same_bits;

/// Sum over scored positions divided by their number, per replica.
at::Tensor losses(LanguageModel& model, const Parameters& values, const at::Tensor& ids,
                  const at::Tensor& targets, std::int64_t vocab) {
  const auto scores = empty_scores(values.replicas(), vocab);
  const at::Tensor logits = model.forward(values, ids);
  backend_for(c10::DeviceType::CPU)
      .cross_entropy(logits, targets.view({targets.size(0), -1}), false, scores);
  return scores.loss_sum.div(scores.scored);
}

struct Gradients {
  at::Tensor logits;
  Parameters values;
  at::Tensor loss;
};

Gradients gradients_of(const catalog::ShapeConfig& shape, LanguageModel& model,
                       const Parameters& values, const at::Tensor& ids, const at::Tensor& targets) {
  const Parameters gradients(model.layout(), at::zeros_like(values.flat()));
  const auto scores = empty_scores(values.replicas(), shape.vocab);
  const at::Tensor logits = model.forward(values, ids, &gradients);
  const at::Tensor kept = logits.clone();
  backend_for(c10::DeviceType::CPU)
      .cross_entropy(logits, targets.view({targets.size(0), -1}), true, scores);
  model.backward(values, gradients, logits);
  return {kept, gradients, scores.loss_sum.div(scores.scored)};
}

TEST_CASE("every parameter's gradient is the loss's difference quotient") {
  const auto shape =
      GENERATE(testing::small_shape("bdlru", 1), testing::small_shape("bdlru", 3, "sigmoid_l1"),
               testing::small_shape("bdlru", 2, "tanh_l1"), testing::small_shape("hlru", 4),
               testing::small_shape("hlru", 2, "no_norm"), testing::small_shape("lstm"));
  CAPTURE(shape.model, shape.m, shape.gate);
  LanguageModel model(shape);
  const Parameters values = random_values(model.layout(), 2, 11, at::kDouble);
  const at::Tensor ids = random_ids({2, 3, 5}, shape.vocab, 1);
  const at::Tensor targets = random_ids({2, 3, 5}, shape.vocab, 2, true);
  const auto analytic = gradients_of(shape, model, values, ids, targets).values;
  constexpr double step = 1e-5;
  for (std::size_t i = 0; i < model.layout().entries().size(); ++i) {
    const auto& entry = model.layout().entries()[i];
    CAPTURE(entry.name);
    // Three elements of each parameter; both replicas are moved at once, since neither sees the
    // other.
    for (const std::int64_t element : {std::int64_t{0}, entry.count / 2, entry.count - 1}) {
      const at::Tensor place = values.flat().select(1, entry.offset + element);
      place.add_(step);
      const at::Tensor up = losses(model, values, ids, targets, shape.vocab);
      place.sub_(2 * step);
      const at::Tensor down = losses(model, values, ids, targets, shape.vocab);
      place.add_(step);
      const at::Tensor numeric = up.sub(down).div(2 * step);
      const at::Tensor exact = analytic.flat().select(1, entry.offset + element);
      const double scale = std::max(1.0, exact.abs().max().item<double>());
      CHECK(numeric.sub(exact).abs().max().item<double>() < 1e-6 * scale);
    }
  }
}

/// A mixer, a precision and a number of sequences: a full batch, and a small odd one whose rows are
/// no multiple of a vector.
struct PackCase {
  catalog::ShapeConfig shape;
  std::int64_t sequences;
};

PackCase generated_case() {
  auto shape = GENERATE(testing::small_shape("bdlru", 3), testing::small_shape("bdlru", 5),
                        testing::small_shape("hlru", 2), testing::small_shape("lstm"));
  shape.precision = GENERATE(catalog::Precision::fp32, catalog::Precision::bf16);
  shape.width = 24;
  shape.hidden = 7;
  return {shape, GENERATE(64, 5)};
}

/// Gradients of a pack of three against those of the same pack once more and of every replica
/// alone.
void check_replicas_alone(const PackCase& given) {
  const auto& [shape, sequences] = given;
  CAPTURE(shape.model, shape.m, int(shape.precision), sequences);
  constexpr std::int64_t replicas = 3;
  LanguageModel model(shape);
  const Parameters values = random_values(model.layout(), replicas, 21, at::kFloat, 0.1);
  const at::Tensor ids = random_ids({replicas, sequences, 9}, shape.vocab, 3);
  const at::Tensor targets = random_ids({replicas, sequences, 9}, shape.vocab, 4, true);
  const auto pack = gradients_of(shape, model, values, ids, targets);
  CHECK(same_bits(gradients_of(shape, model, values, ids, targets).values.flat(),
                  pack.values.flat()));
  for (std::int64_t r = 0; r < replicas; ++r) {
    LanguageModel fresh(shape);
    const Parameters own(fresh.layout(), testing::row(values.flat(), r));
    const auto alone =
        gradients_of(shape, fresh, own, testing::row(ids, r), testing::row(targets, r));
    CHECK(same_bits(alone.logits, testing::row(pack.logits, r)));
    CHECK(same_bits(alone.loss, testing::row(pack.loss, r)));
    CHECK(same_bits(alone.values.flat(), testing::row(pack.values.flat(), r)));
  }
}

TEST_CASE("a replica's logits and gradients are the same bits alone and in a pack") {
  check_replicas_alone(generated_case());
}

TEST_CASE("replicas are the same bits alone and in a pack on two threads", "[ci]") {
  at::set_num_threads(2);
  check_replicas_alone(generated_case());
  at::set_num_threads(1);
}

TEST_CASE("an evaluation gives the logits that a training pass gives") {
  const auto shape = testing::small_shape("bdlru", 2);
  LanguageModel model(shape);
  const Parameters values = random_values(model.layout(), 2, 5, at::kFloat);
  const at::Tensor ids = random_ids({2, 4, 6}, shape.vocab, 6);
  const at::Tensor evaluated = model.forward(values, ids).clone();
  const Parameters gradients(model.layout(), at::zeros_like(values.flat()));
  CHECK(same_bits(model.forward(values, ids, &gradients), evaluated));
}

TEST_CASE("a smaller batch after a larger one computes as if it were the first") {
  const auto shape = testing::small_shape("lstm");
  LanguageModel used(shape), fresh(shape);
  const Parameters values = random_values(used.layout(), 2, 5, at::kFloat);
  const Parameters same(fresh.layout(), values.flat());
  const at::Tensor large = random_ids({2, 9, 6}, shape.vocab, 7);
  const at::Tensor small = random_ids({2, 3, 6}, shape.vocab, 8);
  gradients_of(shape, used, values, large, large);
  const auto after = gradients_of(shape, used, values, small, small);
  const auto first = gradients_of(shape, fresh, same, small, small);
  CHECK(same_bits(after.logits, first.logits));
  CHECK(same_bits(after.values.flat(), first.values.flat()));
}

TEST_CASE("bf16 products stay near float32 ones and keep float32 elsewhere") {
  auto shape = testing::small_shape("bdlru", 3);
  shape.width = 32;
  LanguageModel exact(shape);
  shape.precision = catalog::Precision::bf16;
  LanguageModel rounded(shape);
  const Parameters values = random_values(exact.layout(), 1, 5, at::kFloat, 0.1);
  const Parameters same(rounded.layout(), values.flat());
  const at::Tensor ids = random_ids({1, 16, 8}, shape.vocab, 7);
  const at::Tensor targets = random_ids({1, 16, 8}, shape.vocab, 8);
  const auto a = gradients_of(shape, exact, values, ids, targets);
  const auto b = gradients_of(shape, rounded, same, ids, targets);
  const auto distance = [](const at::Tensor& x, const at::Tensor& y) {
    return x.sub(y).norm().item<double>() / x.norm().item<double>();
  };
  CHECK(distance(a.logits, b.logits) < 0.02);
  CHECK(distance(a.logits, b.logits) > 1e-5);  // or it was not bf16 at all
  CHECK(distance(a.values.flat(), b.values.flat()) < 0.05);
  CHECK(b.values.flat().scalar_type() == at::kFloat);
}

}  // namespace
}  // namespace scanyard::models
