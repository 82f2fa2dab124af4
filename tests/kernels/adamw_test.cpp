#include "kernels/adamw.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

#include "tests/kernels/ops/convert.hpp"

namespace scanyard::kernels {
namespace {

struct State {
  std::vector<float> p, m, v;
};

State start(std::size_t n) {
  State s;
  s.p = test::from_values<float>(test::random_values(n, 1));
  s.m.resize(n);
  s.v.resize(n);
  return s;
}

TEST_CASE(
    "the first update moves every parameter by the learning rate against its gradient's sign") {
  State s = start(100);
  const auto before = s.p;
  const auto g = test::from_values<float>(test::random_values(100, 2));
  adamw_step<float>({.lr = 0.01, .step = 1}, g.data(), s.p.data(), s.m.data(), s.v.data(), 100);
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(std::abs((before[i] - s.p[i]) - std::copysign(0.01f, g[i])) < 1e-6f);
  }
}

TEST_CASE("a row for a device holds what the update computes with") {
  const AdamwScalars scalars{.lr = 0.02, .weight_decay = 0.1, .step = 7};
  State s = start(50);
  s.m = test::from_values<float>(test::random_values(50, 3));
  s.v.assign(50, 0.25f);
  const State before = s;
  const auto g = test::from_values<float>(test::random_values(50, 2));
  adamw_step<float>(scalars, g.data(), s.p.data(), s.m.data(), s.v.data(), 50);
  const AdamwRow row = adamw_row(scalars);
  for (std::size_t i = 0; i < 50; ++i) {
    const float m = before.m[i] + row.one_minus_beta1 * (g[i] - before.m[i]);
    const float v = before.v[i] * row.beta2 + row.one_minus_beta2 * g[i] * g[i];
    const float p = before.p[i] * row.keep +
                    row.negative_step * m / (std::sqrt(v) / row.root_correction + row.eps);
    CHECK(std::abs(p - s.p[i]) < 1e-6f);
  }
}

TEST_CASE("weight decay is decoupled: without a gradient parameters shrink by lr times decay") {
  State s = start(10);
  const auto before = s.p;
  const std::vector<float> g(10, 0.0f);
  adamw_step<float>({.lr = 0.1, .weight_decay = 0.5, .step = 3}, g.data(), s.p.data(), s.m.data(),
                    s.v.data(), 10);
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(s.p[i] == before[i] * 0.95f);
}

TEST_CASE("splitting a block changes no bit") {
  const auto g = test::from_values<float>(test::random_values(77, 2));
  State whole = start(77), split = start(77);
  for (std::int64_t step = 1; step <= 4; ++step) {
    const AdamwScalars scalars{.lr = 0.01, .weight_decay = 0.1, .step = step};
    adamw_step<float>(scalars, g.data(), whole.p.data(), whole.m.data(), whole.v.data(), 77);
    for (const auto& [from, count] : {std::pair{0, 5}, {5, 60}, {65, 12}}) {
      adamw_step<float>(scalars, &g[std::size_t(from)], &split.p[std::size_t(from)],
                        &split.m[std::size_t(from)], &split.v[std::size_t(from)], count);
    }
  }
  CHECK(whole.p == split.p);
  CHECK(whole.v == split.v);
}

TEST_CASE("a NaN gradient makes its parameter NaN and no other") {
  State s = start(40);
  std::vector<float> g(40, 1.0f);
  g[17] = std::nanf("");
  adamw_step<float>({}, g.data(), s.p.data(), s.m.data(), s.v.data(), 40);
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(std::isnan(s.p[i]) == (i == 17));
}

}  // namespace
}  // namespace scanyard::kernels
