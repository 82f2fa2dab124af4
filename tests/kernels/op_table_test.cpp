//! The table in its two testing modes: every build against the reference, gradients against finite
//! differences.
#include <catch2/catch_test_macros.hpp>

#include "kernels/types.hpp"
#include "tests/kernels/golden.hpp"
#include "tests/kernels/ops/convert.hpp"
#include "tests/kernels/ops/op_case.hpp"

namespace scanyard::kernels::test {
namespace {

std::vector<Isa> builds_of(const OpCase& row) {
  if (!row.has_builds) return {Isa::baseline};
  std::vector<Isa> builds;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (is_supported(isa)) builds.push_back(isa);
  }
  return builds;
}

TEST_CASE("every build of every op gives the reference's values and gradients") {
  for (const OpCase& row : test_cases()) {
    const Values dout = random_values(row.outputs, 9);
    const Evaluation expected = row.evaluate(Isa::reference, row.inputs, dout);
    for (const Isa isa : builds_of(row)) {
      INFO(row.name() << " " << to_text(isa));
      const Evaluation actual = row.evaluate(isa, row.inputs, dout);
      CHECK(relative_error(actual.out, expected.out) <= row.value_tolerance);
      REQUIRE(actual.gradients.size() == expected.gradients.size());
      for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
        INFO("gradient of input " << i);
        CHECK(relative_error(actual.gradients[i], expected.gradients[i]) <= row.gradient_tolerance);
      }
    }
  }
}

/// sum(dout * out)
double loss(const OpCase& row, Isa isa, const std::vector<Values>& inputs, const Values& dout) {
  const Values out = row.evaluate(isa, inputs, dout).out;
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i)
    sum += dout[i] * out[i];
  return sum;
}

/// Compares up to `checks` elements of every gradient with central differences.
void check_finite_differences(const OpCase& row, Isa isa, std::size_t checks) {
  const Values dout = random_values(row.outputs, 9);
  const Evaluation at = row.evaluate(isa, row.inputs, dout);
  for (std::size_t input = 0; input < at.gradients.size(); ++input) {
    const std::size_t count = row.inputs[input].size();
    double scale = 1e-3;
    for (const double g : at.gradients[input])
      scale = std::max(scale, std::abs(g));
    for (std::size_t k = 0; k < std::min(checks, count); ++k) {
      const std::size_t element = k * 7919 % count;
      auto moved = row.inputs;
      constexpr double step = 1e-5;
      moved[input][element] += step;
      const double above = loss(row, isa, moved, dout);
      moved[input][element] -= 2 * step;
      const double difference = (above - loss(row, isa, moved, dout)) / (2 * step);
      INFO(row.name() << " " << to_text(isa) << " input " << input << " element " << element);
      CHECK(std::abs(difference - at.gradients[input][element]) <= 1e-7 * scale);
    }
  }
}

TEST_CASE("every gradient is the limit of finite differences, in float64") {
  for (const OpCase& row : test_cases()) {
    if (row.dtype != "f64" || row.outputs > 2000) continue;
    check_finite_differences(row, Isa::reference, 10);
    if (!row.has_builds) check_finite_differences(row, Isa::baseline, 10);
  }
}

}  // namespace
}  // namespace scanyard::kernels::test
