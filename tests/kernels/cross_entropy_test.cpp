#include "kernels/cross_entropy.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "tests/kernels/golden.hpp"

namespace scanyard::kernels {
namespace {

using test::Golden;

struct Counts {
  explicit Counts(std::size_t classes) : tp(classes), fn(classes), fp(classes) {}
  MetricCounts pointers() { return {tp.data(), fn.data(), fp.data()}; }
  std::vector<std::int64_t> tp, fn, fp;
};

std::vector<std::int32_t> targets_of(const Golden& golden, const std::string& name) {
  const auto wide = golden.file().tensors.at(name).to_integers();
  return {wide.begin(), wide.end()};
}

TEST_CASE("counts, accuracies and perplexity of every golden metric case are matched") {
  const Golden golden("metric/cases.safetensors");
  int cases = 0;
  for (const auto& [name, tensor] : golden.file().tensors) {
    if (!name.ends_with(".logits")) continue;
    const std::string base = name.substr(0, name.size() - 7);
    INFO(base);
    const auto V = golden.shape(name).back();
    const auto logits = golden.get<float>(name);
    const auto targets = targets_of(golden, base + ".targets");
    Counts counts(static_cast<std::size_t>(V));
    const auto pointers = counts.pointers();
    const auto result = cross_entropy<float>(logits.data(), targets.data(), nullptr, &pointers,
                                             std::int64_t(targets.size()), V);
    CHECK(counts.tp == golden.file().tensors.at(base + ".tp").to_integers());
    CHECK(counts.fn == golden.file().tensors.at(base + ".fn").to_integers());
    CHECK(counts.fp == golden.file().tensors.at(base + ".fp").to_integers());
    CHECK(std::abs(macro_accuracy(pointers, V) - golden.get<double>(base + ".macro")[0]) <= 1e-12);
    const double scored = double(result.scored);
    const double micro = scored > 0 ? double(result.right) / scored : 0;
    CHECK(std::abs(micro - golden.get<double>(base + ".micro")[0]) <= 1e-12);
    const double perplexity = std::exp(result.loss_sum / scored);
    const double expected = golden.get<double>(base + ".perplexity")[0];
    CHECK(((std::isnan(expected) && std::isnan(perplexity)) ||
           std::abs(perplexity / expected - 1) <= 1e-6));
    ++cases;
  }
  CHECK(cases == 13);
}

TEST_CASE("the gradient of ignored positions is zero, and the same in place") {
  const std::vector<float> logits = {1, 2, 3, 4, 5, 6};
  const std::vector<std::int32_t> targets = {ignored_target, 2};
  std::vector<float> apart(6, 7.0f);
  cross_entropy<float>(logits.data(), targets.data(), apart.data(), nullptr, 2, 3);
  CHECK(std::vector<float>(apart.begin(), apart.begin() + 3) == std::vector<float>{0, 0, 0});
  auto in_place = logits;
  cross_entropy<float>(in_place.data(), targets.data(), in_place.data(), nullptr, 2, 3);
  CHECK(in_place == apart);
}

TEST_CASE("a batch without targets has no loss and no gradient") {
  std::vector<float> logits = {1, 2, 3}, gradient(3, 7.0f);
  const std::vector<std::int32_t> targets = {ignored_target};
  const auto result =
      cross_entropy<float>(logits.data(), targets.data(), gradient.data(), nullptr, 1, 3);
  CHECK(result.scored == 0);
  CHECK(result.loss_sum == 0);
  CHECK(gradient == std::vector<float>{0, 0, 0});
}

TEST_CASE("huge logits do not overflow, and a NaN logit makes the loss NaN and is predicted") {
  const std::vector<std::int32_t> targets = {0};
  const std::vector<float> huge = {1e30f, -1e30f, 0};
  CHECK(cross_entropy<float>(huge.data(), targets.data(), nullptr, nullptr, 1, 3).loss_sum == 0);
  const std::vector<float> broken = {1, std::numeric_limits<float>::quiet_NaN(), 9};
  Counts counts(3);
  const auto pointers = counts.pointers();
  CHECK(std::isnan(
      cross_entropy<float>(broken.data(), targets.data(), nullptr, &pointers, 1, 3).loss_sum));
  CHECK(counts.fp == std::vector<std::int64_t>{0, 1, 0});
}

TEST_CASE("counts of several calls add up") {
  const std::vector<float> logits = {1, 0};
  const std::vector<std::int32_t> targets = {0};
  Counts counts(2);
  const auto pointers = counts.pointers();
  for (int i = 0; i < 3; ++i)
    cross_entropy<float>(logits.data(), targets.data(), nullptr, &pointers, 1, 2);
  CHECK(counts.tp == std::vector<std::int64_t>{3, 0});
}

}  // namespace
}  // namespace scanyard::kernels
