#include "tests/kernels/ops/other_cases.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "kernels/adamw.hpp"
#include "kernels/cross_entropy.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/swiglu.hpp"
#include "tests/kernels/ops/convert.hpp"

namespace scanyard::kernels::test {
namespace {

using Index = std::int64_t;

template <class T>
OpCase start(std::string op, std::string shape) {
  OpCase row;
  row.op = std::move(op);
  row.shape = std::move(shape);
  row.dtype = dtype_name<T>();
  row.value_tolerance = row.gradient_tolerance = sizeof(T) == 8 ? 1e-12 : 3e-6;
  return row;
}

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

// ---------------------------------------------------------------- references

/// Output: the mean loss. dout scales the gradient.
Evaluation cross_entropy_reference(const Values& logits, const std::vector<std::int32_t>& targets,
                                   Index V, double dout) {
  Evaluation e{{0}, {Values(logits.size(), 0)}};
  double scored = 0;
  for (const auto target : targets)
    scored += target != ignored_target;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i] == ignored_target) continue;
    const double* x = &logits[i * std::size_t(V)];
    double sum = 0;
    for (Index j = 0; j < V; ++j)
      sum += std::exp(x[j]);
    e.out[0] += (std::log(sum) - x[targets[i]]) / scored;
    for (Index j = 0; j < V; ++j) {
      e.gradients[0][i * std::size_t(V) + std::size_t(j)] =
          dout * (std::exp(x[j]) / sum - (j == targets[i])) / scored;
    }
  }
  return e;
}

Evaluation adamw_reference(const AdamwScalars& s, const std::vector<Values>& in) {
  const std::size_t n = in[0].size();
  Evaluation e{Values(3 * n), {}};
  for (std::size_t i = 0; i < n; ++i) {
    const double g = in[0][i];
    const double m = s.beta1 * in[2][i] + (1 - s.beta1) * g;
    const double v = s.beta2 * in[3][i] + (1 - s.beta2) * g * g;
    const double m_hat = m / (1 - std::pow(s.beta1, double(s.step)));
    const double v_hat = v / (1 - std::pow(s.beta2, double(s.step)));
    e.out[i] = in[1][i] * (1 - s.lr * s.weight_decay) - s.lr * m_hat / (std::sqrt(v_hat) + s.eps);
    e.out[n + i] = m;
    e.out[2 * n + i] = v;
  }
  return e;
}

/// The gradients by x, w and b from their definition: dy/dx_k of every y_j, without the usual
/// rearrangement.
Evaluation layer_norm_reference(const std::vector<Values>& in, const Values& dout, std::size_t d) {
  const auto& [x, w, b] = std::tie(in[0], in[1], in[2]);
  Evaluation e{Values(x.size()), {Values(x.size(), 0), Values(d, 0), Values(d, 0)}};
  for (std::size_t row = 0; row < x.size(); row += d) {
    double mean = 0, variance = 0;
    for (std::size_t j = 0; j < d; ++j)
      mean += x[row + j] / double(d);
    for (std::size_t j = 0; j < d; ++j)
      variance += (x[row + j] - mean) * (x[row + j] - mean) / double(d);
    const double r = 1 / std::sqrt(variance + layer_norm_eps);
    for (std::size_t j = 0; j < d; ++j) {
      const double xh = (x[row + j] - mean) * r;
      e.out[row + j] = xh * w[j] + b[j];
      e.gradients[1][j] += dout[row + j] * xh;
      e.gradients[2][j] += dout[row + j];
      for (std::size_t k = 0; k < d; ++k) {
        const double xk = (x[row + k] - mean) * r;
        e.gradients[0][row + k] +=
            dout[row + j] * w[j] * r * ((j == k) - (1 + xh * xk) / double(d));
      }
    }
  }
  return e;
}

Evaluation swiglu_reference(const Values& ab, const Values& dout, std::size_t f) {
  Evaluation e{Values(dout.size()), {Values(ab.size())}};
  for (std::size_t i = 0; i < dout.size(); ++i) {
    const std::size_t at = i / f * 2 * f + i % f;
    const double a = ab[at], b = ab[at + f], s = logistic(a);
    e.out[i] = a * s * b;
    e.gradients[0][at] = dout[i] * b * s * (1 + a * (1 - s));
    e.gradients[0][at + f] = dout[i] * a * s;
  }
  return e;
}

/// Every fifth position is not scored.
std::vector<std::int32_t> some_targets(Index n, Index V) {
  std::vector<std::int32_t> targets(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i)
    targets[std::size_t(i)] = i % 5 == 3 ? ignored_target : std::int32_t(i * 7 % V);
  return targets;
}

constexpr AdamwScalars scalars{.lr = 3e-3, .weight_decay = 0.1, .step = 7};

}  // namespace

template <class T>
OpCase cross_entropy_case(Index n, Index V) {
  OpCase row = start<T>("cross_entropy", fmt::format("n={} V={}", n, V));
  row.inputs = {random_values(std::size_t(n * V), 1, 2.0)};
  row.outputs = 1;
  row.elements = double(n * V);
  row.forward_bytes = double(n * V * Index(sizeof(T)));  // without the gradient
  row.backward_bytes = 2 * row.forward_bytes;            // with it
  const auto targets = some_targets(n, V);
  row.evaluate = [=](Isa isa, const std::vector<Values>& in, const Values& dout) {
    if (isa == Isa::reference) return cross_entropy_reference(in[0], targets, V, dout[0]);
    const auto logits = from_values<T>(in[0]);
    std::vector<T> dlogits(logits.size());
    const auto result = cross_entropy(logits.data(), targets.data(), dlogits.data(), nullptr, n, V);
    Values gradient = to_values(dlogits);
    for (double& g : gradient)
      g *= dout[0];
    return Evaluation{{result.loss_sum / double(result.scored)}, {gradient}};
  };
  row.passes = [=, inputs = row.inputs](Isa) {
    auto logits = std::make_shared<std::vector<T>>(from_values<T>(inputs[0]));
    auto dlogits = std::make_shared<std::vector<T>>(logits->size());
    auto counts = std::make_shared<std::vector<Index>>(std::size_t(3 * V));
    const MetricCounts metric{counts->data(), counts->data() + V, counts->data() + 2 * V};
    return Passes{
        [=] {
          cross_entropy<T>(logits->data(), targets.data(), nullptr, &metric, n, V);
          (void)counts;
        },
        [=] { cross_entropy<T>(logits->data(), targets.data(), dlogits->data(), nullptr, n, V); }};
  };
  return row;
}

template <class T>
OpCase adamw_case(Index n) {
  OpCase row = start<T>("adamw", fmt::format("n={}", n));
  row.inputs = {random_values(std::size_t(n), 1), random_values(std::size_t(n), 2),
                random_values(std::size_t(n), 3), random_values(std::size_t(n), 4)};
  for (double& v : row.inputs[3])
    v *= v;
  row.outputs = std::size_t(3 * n);
  row.elements = double(n);
  row.forward_bytes = double(7 * n * Index(sizeof(T)));
  row.evaluate = [=](Isa isa, const std::vector<Values>& in, const Values&) {
    if (isa == Isa::reference) return adamw_reference(scalars, in);
    const auto g = from_values<T>(in[0]);
    auto p = from_values<T>(in[1]), m = from_values<T>(in[2]), v = from_values<T>(in[3]);
    adamw_step<T>(scalars, g.data(), p.data(), m.data(), v.data(), n);
    Values out = to_values(p);
    for (const auto* part : {&m, &v}) {
      const Values more = to_values(*part);
      out.insert(out.end(), more.begin(), more.end());
    }
    return Evaluation{out, {}};
  };
  row.passes = [=, inputs = row.inputs](Isa) {
    auto b = std::make_shared<std::vector<std::vector<T>>>();
    for (const Values& values : inputs)
      b->push_back(from_values<T>(values));
    return Passes{[=] {
                    adamw_step<T>(scalars, (*b)[0].data(), (*b)[1].data(), (*b)[2].data(),
                                  (*b)[3].data(), n);
                  },
                  {}};
  };
  return row;
}

template <class T>
OpCase layer_norm_case(Index n, Index d) {
  OpCase row = start<T>("layer_norm", fmt::format("n={} d={}", n, d));
  row.inputs = {random_values(std::size_t(n * d), 1), random_values(std::size_t(d), 2),
                random_values(std::size_t(d), 3)};
  row.outputs = std::size_t(n * d);
  row.elements = double(n * d);
  row.forward_bytes = double(2 * n * d * Index(sizeof(T)));
  row.backward_bytes = double(4 * n * d * Index(sizeof(T)));
  struct Buffers {
    std::vector<T> x, w, b, dy, y, mean, rstd, dx, dw, db;
  };
  const auto buffers = [=](const std::vector<Values>& in, const Values& dout) {
    auto s = std::make_shared<Buffers>(Buffers{from_values<T>(in[0]),
                                               from_values<T>(in[1]),
                                               from_values<T>(in[2]),
                                               from_values<T>(dout),
                                               {},
                                               {},
                                               {},
                                               {},
                                               {},
                                               {}});
    s->y.resize(s->x.size());
    s->dx.resize(s->x.size());
    s->mean.resize(std::size_t(n));
    s->rstd.resize(std::size_t(n));
    s->dw.resize(std::size_t(d));
    s->db.resize(std::size_t(d));
    return s;
  };
  const auto forward = [=](Buffers& s) {
    layer_norm_forward<T>(s.x.data(), s.w.data(), s.b.data(), s.y.data(), s.mean.data(),
                          s.rstd.data(), n, d);
  };
  const auto backward = [=](Buffers& s) {
    layer_norm_backward<T>(s.dy.data(), s.x.data(), s.mean.data(), s.rstd.data(), s.w.data(),
                           s.dx.data(), s.dw.data(), s.db.data(), n, d);
  };
  row.evaluate = [=](Isa isa, const std::vector<Values>& in, const Values& dout) {
    if (isa == Isa::reference) return layer_norm_reference(in, dout, std::size_t(d));
    const auto s = buffers(in, dout);
    forward(*s);
    backward(*s);
    return Evaluation{to_values(s->y), {to_values(s->dx), to_values(s->dw), to_values(s->db)}};
  };
  row.passes = [=, inputs = row.inputs](Isa) {
    const auto s = buffers(inputs, random_values(std::size_t(n * d), 4));
    return Passes{[=] { forward(*s); }, [=] { backward(*s); }};
  };
  return row;
}

template <class T>
OpCase swiglu_case(Index n, Index f) {
  OpCase row = start<T>("swiglu", fmt::format("n={} f={}", n, f));
  row.inputs = {random_values(std::size_t(2 * n * f), 1)};
  row.outputs = std::size_t(n * f);
  row.elements = double(n * f);
  row.forward_bytes = double(3 * n * f * Index(sizeof(T)));
  row.backward_bytes = double(5 * n * f * Index(sizeof(T)));
  row.evaluate = [=](Isa isa, const std::vector<Values>& in, const Values& dout) {
    if (isa == Isa::reference) return swiglu_reference(in[0], dout, std::size_t(f));
    const auto ab = from_values<T>(in[0]);
    const auto ds = from_values<T>(dout);
    std::vector<T> s(ds.size()), dab(ab.size());
    swiglu_forward<T>(ab.data(), s.data(), n, f);
    swiglu_backward<T>(ab.data(), ds.data(), dab.data(), n, f);
    return Evaluation{to_values(s), {to_values(dab)}};
  };
  row.passes = [=, inputs = row.inputs](Isa) {
    auto b = std::make_shared<std::vector<std::vector<T>>>();
    *b = {from_values<T>(inputs[0]), from_values<T>(random_values(std::size_t(n * f), 2)),
          std::vector<T>(std::size_t(n * f)), std::vector<T>(inputs[0].size())};
    return Passes{
        [=] { swiglu_forward<T>((*b)[0].data(), (*b)[2].data(), n, f); },
        [=] { swiglu_backward<T>((*b)[0].data(), (*b)[1].data(), (*b)[3].data(), n, f); }};
  };
  return row;
}

template <class T>
OpCase gate_case(Gate gate, GateForm form, Index n, Index c) {
  OpCase row = start<T>(form == GateForm::selective ? "gate" : "gate_parameter",
                        fmt::format("{} n={} c={}", to_text(gate), n, c));
  row.inputs = {random_values(std::size_t(n * c), 1)};
  row.outputs = std::size_t(n * c);
  row.evaluate = [=](Isa, const std::vector<Values>& in, const Values& dout) {
    const auto z = from_values<T>(in[0]);
    const auto da = from_values<T>(dout);
    std::vector<T> a(z.size()), dz(z.size());
    gate_forward<T>(gate, form, z.data(), a.data(), n, c);
    gate_backward<T>(gate, form, z.data(), da.data(), dz.data(), n, c);
    return Evaluation{to_values(a), {to_values(dz)}};
  };
  return row;
}

template OpCase cross_entropy_case<float>(Index, Index);
template OpCase cross_entropy_case<double>(Index, Index);
template OpCase adamw_case<float>(Index);
template OpCase adamw_case<double>(Index);
template OpCase layer_norm_case<float>(Index, Index);
template OpCase layer_norm_case<double>(Index, Index);
template OpCase swiglu_case<float>(Index, Index);
template OpCase swiglu_case<double>(Index, Index);
template OpCase gate_case<double>(Gate, GateForm, Index, Index);

}  // namespace scanyard::kernels::test
