#include "tests/bench/gpu/roofline.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>

#include <chrono>

#include "tasks/catalog/backbone.hpp"
#include "tasks/models/backend.hpp"

namespace scanyard::bench {

double seconds_each(int times, const std::function<void()>& work) {
  auto& backend = models::backend_for(at::kCUDA);
  backend.synchronize();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i)
    work();
  backend.synchronize();
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  return passed.count() / times;
}

double copy_bytes_per_s(const at::TensorOptions& options) {
  constexpr std::int64_t bytes = std::int64_t(4) << 30;
  const auto type = options.dtype(at::kByte);
  const at::Tensor from = at::empty({bytes}, type), to = at::empty({bytes}, type);
  from.fill_(3);
  to.copy_(from);
  return 2 * double(bytes) / seconds_each(10, [&] { to.copy_(from); });
}

double product_flops_per_s(const at::TensorOptions& options) {
  constexpr std::int64_t n = 8192;
  const auto type = options.dtype(at::kBFloat16);
  const at::Tensor a = at::randn({n, n}, type), b = at::randn({n, n}, type);
  at::Tensor c = at::empty({n, n}, type);
  at::mm_out(c, a, b);
  return 2 * double(n) * double(n) * double(n) /
         seconds_each(20, [&] { at::mm_out(c, a, b); });
}

StepCost step_cost(const catalog::ShapeConfig& s) {
  const double tokens = double(s.batch * s.length), d = double(s.width), V = double(s.vocab);
  const double inner = double(catalog::swiglu_inner(s.width));
  const double states = double(s.hidden * s.m);
  const double inputs = s.model == "hlru" ? double(s.hidden) : states;
  const double gates = inputs * double(s.m + 1);
  // Features that products read and write a token, forward: in and out of each.
  const double layer_features = gates + inputs + states + 2 * inner + inner;
  StepCost cost;
  const double weights = double(s.layers) * (d * (gates + inputs + states) + 3 * d * inner) + d * V;
  cost.flops = 3 * 2 * tokens * weights;
  // Forward: written once, read once. Backward: the gradient written once and read twice (for the
  // input's and the weight's gradient), the activation read twice (its own gradient, the weight's).
  const double bf16 = 2, fp32 = 4;
  const double moves = 2 + 3 + 2;
  cost.bytes = tokens * bf16 * moves * (double(s.layers) * layer_features + V);
  // The residual stream and its norms: x and dx in fp32, normed x and its gradient in bf16.
  const double norms = 2 * double(s.layers) + 1;
  cost.bytes += tokens * d * norms * (fp32 * 6 + bf16 * 8);
  cost.bytes += double(catalog::model_parameters(s)) * (16 + 14 + 4 + 3 * bf16);
  return cost;
}

}  // namespace scanyard::bench
