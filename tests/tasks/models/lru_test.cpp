//! The fused mixers against the same equations written with plain tensor operations.
#include "tasks/models/lru.hpp"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>
#include <catch2/catch_test_macros.hpp>

#include "tests/tasks/models/model_support.hpp"

namespace scanyard::models {
namespace {

/// y of BD-LRU for one replica, protocol.md 3.2. x [B, T, d].
at::Tensor plain_bdlru(const LruShape& s, const Parameters& p, const at::Tensor& x) {
  const auto of = [&](std::size_t i) { return p[{i}].select(0, 0); };  // gates w, b, v, out
  const at::Tensor z = at::matmul(x, of(0).t()).add(of(1));
  const at::Tensor v = at::matmul(x, of(2).t()).view({x.size(0), x.size(1), s.hidden, s.m});
  const at::Tensor a = at::softmax(z.view({x.size(0), x.size(1), s.hidden, s.m, s.m + 1}), -1);
  at::Tensor h = at::zeros({x.size(0), s.hidden, s.m}, x.options());
  std::vector<at::Tensor> states;
  for (std::int64_t t = 0; t < x.size(1); ++t) {
    const at::Tensor gates = a.select(1, t);
    h = at::matmul(gates.narrow(-1, 0, s.m), h.unsqueeze(-1))
            .squeeze(-1)
            .add(gates.select(-1, s.m).mul(v.select(1, t)));
    states.push_back(h.flatten(1));
  }
  return at::matmul(at::stack(states, 1), of(3).t());
}

/// The same for H-LRU, protocol.md 3.3: all m lags are projected, the newest first.
at::Tensor plain_hlru(const LruShape& s, const Parameters& p, const at::Tensor& x) {
  const auto of = [&](std::size_t i) { return p[{i}].select(0, 0); };
  const at::Tensor a = at::softmax(
      at::matmul(x, of(0).t()).add(of(1)).view({x.size(0), x.size(1), s.hidden, s.m + 1}), -1);
  const at::Tensor v = at::matmul(x, of(2).t());
  const at::Tensor zero = at::zeros({x.size(0), s.hidden}, x.options());
  std::vector<at::Tensor> past(std::size_t(s.m), zero);  // past[i] = h_{t-1-i}
  std::vector<at::Tensor> states;
  for (std::int64_t t = 0; t < x.size(1); ++t) {
    const at::Tensor gates = a.select(1, t);
    at::Tensor h = gates.select(-1, s.m).mul(v.select(1, t));
    for (std::int64_t i = 0; i < s.m; ++i)
      h = h.add(gates.select(-1, i).mul(past[std::size_t(i)]));
    past.insert(past.begin(), h);
    past.pop_back();
    states.push_back(at::stack(past, -1).flatten(1));
  }
  return at::matmul(at::stack(states, 1), of(3).t());
}

void check_against_plain(LruKind kind, std::int64_t m, std::int64_t steps) {
  const LruShape shape{kind, kernels::Gate::softmax, 16, 9, m};
  ParameterLayout layout;
  Lru lru(layout, "", shape);
  const Parameters values = testing::random_values(layout, 1, 31, at::kDouble);
  const at::Tensor x =
      testing::random_ids({6, steps, 16}, 1000, 4).to(at::kDouble).sub(500).div(300);
  const Pass pass{.backend = backend_for(c10::DeviceType::CPU),
                  .values = values,
                  .sequences = 6,
                  .steps = steps};
  const at::Tensor y = at::zeros({1, 6 * steps, 16}, at::kDouble);
  lru.forward(pass, x.view({1, 6 * steps, 16}), y, y);
  const at::Tensor expected =
      kind == LruKind::bdlru ? plain_bdlru(shape, values, x) : plain_hlru(shape, values, x);
  CHECK(y.sub(expected.view_as(y)).abs().max().item<double>() < 1e-12);
}

TEST_CASE("the fused BD-LRU is equation 5 written with plain tensor operations") {
  for (const std::int64_t m : {1, 2, 5, 8})
    check_against_plain(LruKind::bdlru, m, 16);
}

TEST_CASE("the fused H-LRU is equation 3 written with plain tensor operations") {
  for (const std::int64_t m : {1, 2, 5, 20})
    check_against_plain(LruKind::hlru, m, 16);
}

TEST_CASE("with eq. 3 a state never exceeds the largest value that came in") {
  // protocol.md 3.3: the transposed form grows to 20 after 40 steps of this input.
  const LruShape shape{LruKind::hlru, kernels::Gate::softmax, 1, 1, 2};
  ParameterLayout layout;
  Lru lru(layout, "", shape);
  const Parameters values(layout, at::zeros({1, layout.row_elements()}, at::kDouble));
  // Gates by the sign of x: +1 opens a_0, -1 opens a_2; v is 1 through |x| times the sign's weight.
  values[{0}].view({3, 1}).select(0, 1).fill_(-60);
  values[{0}].view({3, 1}).select(0, 2).fill_(60);
  values[{2}].fill_(1);
  values[{3}].view({1, 2}).select(1, 0).fill_(1);
  at::Tensor x = at::zeros({1, 40, 1}, at::kDouble);
  for (std::int64_t t = 0; t < 40; ++t)
    x.view({40}).select(0, t).fill_(t % 2 == 0 ? 1 : -1);
  const at::Tensor y = at::zeros({1, 40, 1}, at::kDouble);
  const Pass pass{
      .backend = backend_for(c10::DeviceType::CPU), .values = values, .sequences = 1, .steps = 40};
  lru.forward(pass, x, y, y);
  CHECK(y.abs().max().item<double>() <= 1.0 + 1e-12);
  CHECK(y.view({40}).select(0, 38).item<double>() > 0.99);
}

}  // namespace
}  // namespace scanyard::models
