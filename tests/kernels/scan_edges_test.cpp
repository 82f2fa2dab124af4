//! What the table of random inputs does not meet: zero rows, huge logits, NaN, the bound of
//! Proposition 1.
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "kernels/bdlru_scan.hpp"
#include "kernels/hlru_scan.hpp"
#include "tests/kernels/ops/convert.hpp"

namespace scanyard::kernels::test {
namespace {

constexpr Isa every_isa[] = {Isa::reference, Isa::baseline, Isa::avx2, Isa::avx512};
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

struct Step {
  std::vector<float> h, dz, dv;
};

/// One step of one H-LRU channel with two lags, from zero states: h = a_0 v.
Step one_step(Gate gate, Isa isa, std::vector<float> z, float v) {
  const ScanShape shape{1, 1, 1, 2};
  const std::vector<float> dy = {1, 0};
  Step s{std::vector<float>(2), std::vector<float>(3), std::vector<float>(1)};
  hlru_scan_forward(gate, shape, z.data(), &v, s.h.data(), {0, 1}, isa);
  hlru_scan_backward(gate, shape, z.data(), &v, s.h.data(), dy.data(), s.dz.data(), s.dv.data(),
                     {0, 1}, isa);
  return s;
}

template <class Check>
void on_every_isa(Check check) {
  for (const Isa isa : every_isa) {
    if (!is_supported(isa)) continue;
    INFO(to_text(isa));
    check(isa);
  }
}

TEST_CASE("relu gates with no positive logit are exactly zero, and so are their gradients") {
  on_every_isa([](Isa isa) {
    for (const auto& z : {std::vector<float>{-1, -2, -3}, std::vector<float>{0, 0, 0}}) {
      const Step s = one_step(Gate::relu_l1, isa, z, 3);
      CHECK(s.h == std::vector<float>{0, 0});
      CHECK(s.dz == std::vector<float>{0, 0, 0});
      CHECK(s.dv[0] == 0);
    }
  });
}

TEST_CASE("gates without an eps give NaN for a row of zeros") {
  on_every_isa([](Isa isa) {
    for (const Gate gate : {Gate::tanh_l1, Gate::lin_l1})
      CHECK(std::isnan(one_step(gate, isa, {0, 0, 0}, 3).h[0]));
    CHECK(std::isnan(one_step(Gate::sigmoid_l1, isa, {-300, -300, -300}, 3).h[0]));
  });
}

TEST_CASE("huge logits do not overflow softmax or sigmoid") {
  on_every_isa([](Isa isa) {
    const Step soft = one_step(Gate::softmax, isa, {-1000, 1000, 1000}, 3);
    CHECK(soft.h[0] == 1.5f);
    CHECK(soft.dv[0] == 0.5f);
    const Step sigmoid = one_step(Gate::sigmoid_l1, isa, {-1000, 1000, 1000}, 3);
    CHECK(sigmoid.h[0] == 1.5f);
    CHECK(sigmoid.dz == std::vector<float>{0, 0, 0});
  });
}

TEST_CASE("a NaN logit makes its own channel NaN and no other") {
  on_every_isa([](Isa isa) {
    for (const Gate gate : {Gate::softmax, Gate::sigmoid_l1, Gate::relu_l1, Gate::no_norm,
                            Gate::tanh_l1, Gate::lin_l1}) {
      INFO(to_text(gate));
      const ScanShape shape{1, 1, 19, 1};
      std::vector<float> z(38, 0.5f), v(19, 1.0f), h(19);
      z[2 * 7 + 1] = nan;
      bdlru_scan_forward(gate, shape, z.data(), v.data(), h.data(), {0, 1}, isa);
      for (int k = 0; k < 19; ++k)
        CHECK(std::isnan(h[std::size_t(k)]) == (k == 7));
    }
  });
}

TEST_CASE("NaN inputs in bfloat16 stay NaN and gradients are rounded to nearest even") {
  on_every_isa([](Isa isa) {
    const ScanShape shape{1, 1, 16, 1};
    std::vector<Bf16> z(32, to_bf16(0.0f)), v(16, to_bf16(1.0f)), dz(32), dv(16);
    v[3] = to_bf16(nan);
    std::vector<float> h(16), dh(16, 1.0f);
    dh[5] = 2.0f + 3.0f / 128;  // dv = dh / 2 = 1 + 1.5 / 128 lies between two bfloat16 numbers:
                                // the even one is above
    bdlru_scan_forward(Gate::softmax, shape, z.data(), v.data(), h.data(), {0, 1}, isa);
    bdlru_scan_backward(Gate::softmax, shape, z.data(), v.data(), h.data(), dh.data(), dz.data(),
                        dv.data(), {0, 1}, isa);
    CHECK(std::isnan(h[3]));
    CHECK(std::isnan(widen(dz[7])));
    CHECK(widen(dv[5]) == 1.0f + 2.0f / 128);
    CHECK(widen(dv[0]) == 0.5f);
  });
}

TEST_CASE("normalised gates keep every state below the largest input (Proposition 1)") {
  const ScanShape shape{2, 200, 18, 3};
  const auto z = from_values<float>(random_values(2 * 200 * 18 * 12, 1, 3.0));
  const auto v = from_values<float>(random_values(2 * 200 * 18 * 3, 2));
  float largest = 0;
  for (const float x : v)
    largest = std::max(largest, std::abs(x));
  on_every_isa([&](Isa isa) {
    for (const Gate gate :
         {Gate::softmax, Gate::sigmoid_l1, Gate::relu_l1, Gate::tanh_l1, Gate::lin_l1}) {
      std::vector<float> h(v.size());
      bdlru_scan_forward(gate, shape, z.data(), v.data(), h.data(), {0, 2}, isa);
      for (const float x : h)
        REQUIRE(std::abs(x) <= largest * 1.00001f);
      hlru_scan_forward(gate, shape, z.data(), v.data(), h.data(), {0, 2}, isa);
      for (const float x : h)
        REQUIRE(std::abs(x) <= largest * 1.00001f);
    }
  });
}

TEST_CASE("alternating gates do not make H-LRU grow, as its transposed form would") {
  // protocol.md 3.3: m = 2, v = 1, a_0 = 1 and a_2 = 1 in turn; the transposed form reaches 20
  // after 40 steps.
  const ScanShape shape{1, 40, 1, 2};
  std::vector<float> a(80, 0.0f), u(40, 0.0f), y(80);
  for (std::size_t t = 0; t < 40; ++t) {
    if (t % 2 == 0)
      u[t] = 1;
    else
      a[2 * t + 1] = 1;
  }
  on_every_isa([&](Isa isa) {
    hlru_plain_forward<float>(shape, a.data(), u.data(), nullptr, y.data(), {0, 1}, isa);
    for (const float x : y)
      CHECK(x <= 1);
  });
}

}  // namespace
}  // namespace scanyard::kernels::test
