//! Accuracy of the float functions inside gates, in units in the last place against double.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/scan_simd/table.hpp"
#include "kernels/simd.hpp"

namespace scanyard::kernels {
namespace {

/// Distance in floats' steps at the exact result, subnormal steps included.
double ulps(float actual, double exact) {
  const auto near = static_cast<float>(std::abs(exact));
  const double step =
      double(std::nextafter(near, std::numeric_limits<float>::infinity())) - double(near);
  return std::abs(double(actual) - exact) / step;
}

/// Every 997th float from `from` to `to`, both of one sign, from small to large size.
std::vector<float> floats_between(float from, float to) {
  std::uint32_t first, last;
  std::memcpy(&first, &from, sizeof first);
  std::memcpy(&last, &to, sizeof last);
  std::vector<float> values;
  for (std::uint32_t bits = first; bits < last; bits += 997) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    values.push_back(value);
  }
  return values;
}

template <class Exact>
double worst(void (*function)(const float*, float*, std::int64_t), const std::vector<float>& x,
             Exact exact) {
  std::vector<float> y(x.size());
  function(x.data(), y.data(), std::int64_t(x.size()));
  double error = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    error = std::max(error, ulps(y[i], exact(double(x[i]))));
  return error;
}

std::vector<Isa> builds() {
  std::vector<Isa> supported;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (is_supported(isa)) supported.push_back(isa);
  }
  return supported;
}

const auto exact_exp = [](double x) { return std::exp(x); };
const auto exact_tanh = [](double x) { return std::tanh(x); };

TEST_CASE("the exponential of gates is at most 2 ulp off, down to where it vanishes") {
  for (const Isa isa : builds()) {
    INFO(to_text(isa));
    const auto& table = scans_of(isa);
    CHECK(worst(table.exp_nonpositive, floats_between(-1e-6f, -120.0f), exact_exp) <= 2.0);
    const std::vector<float> edges = {0.0f,
                                      -0.0f,
                                      -87.33655f,
                                      -103.97f,
                                      -104.0f,
                                      -1000.0f,
                                      -std::numeric_limits<float>::infinity()};
    CHECK(worst(table.exp_nonpositive, edges, exact_exp) <= 2.0);
    float x = std::numeric_limits<float>::quiet_NaN(), y = 0;
    table.exp_nonpositive(&x, &y, 1);
    CHECK(std::isnan(y));
  }
}

TEST_CASE("the hyperbolic tangent of gates is at most 3 ulp off") {
  for (const Isa isa : builds()) {
    INFO(to_text(isa));
    const auto& table = scans_of(isa);
    CHECK(worst(table.tanh, floats_between(1e-30f, 30.0f), exact_tanh) <= 3.0);
    CHECK(worst(table.tanh, floats_between(-1e-30f, -30.0f), exact_tanh) <= 3.0);
    float x = std::numeric_limits<float>::quiet_NaN(), y = 0;
    table.tanh(&x, &y, 1);
    CHECK(std::isnan(y));
  }
}

TEST_CASE("the exponential that other kernels share is at most 2 ulp off") {
  const auto shared = [](const float* x, float* y, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i)
      y[i] = exp_of(x[i]);
  };
  CHECK(worst(shared, floats_between(-1e-6f, -87.0f), exact_exp) <= 2.0);
  CHECK(worst(shared, floats_between(1e-6f, 88.0f), exact_exp) <= 2.0);
  CHECK(exp_of(-1000.0f) == 0.0f);
  CHECK(exp_of(1000.0f) == std::numeric_limits<float>::infinity());
  CHECK(std::isnan(exp_of(std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace scanyard::kernels
