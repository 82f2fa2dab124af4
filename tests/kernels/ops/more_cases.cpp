#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "kernels/column_sum.hpp"
#include "kernels/embedding.hpp"
#include "kernels/lstm_cell.hpp"
#include "tests/kernels/ops/convert.hpp"
#include "tests/kernels/ops/other_cases.hpp"

namespace scanyard::kernels::test {
namespace {

using Index = std::int64_t;

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

/// Inputs: sums of the four gates [n, 4h], c_{t-1} [n, h]. Outputs: h_t, then c_t.
Evaluation lstm_reference(const std::vector<Values>& in, const Values& dout, std::size_t n,
                          std::size_t h) {
  Evaluation e{Values(2 * n * h), {Values(4 * n * h), Values(n * h)}};
  for (std::size_t at = 0; at < n * h; ++at) {
    const std::size_t gates = at / h * 4 * h + at % h;
    const auto sum = [&](std::size_t gate) { return in[0][gates + gate * h]; };
    const double i = logistic(sum(0)), f = logistic(sum(1)), g = std::tanh(sum(2)),
                 o = logistic(sum(3));
    const double before = in[1][at];
    const double c = f * before + i * g;
    e.out[at] = o * std::tanh(c);
    e.out[n * h + at] = c;
    const double dc = dout[n * h + at] + dout[at] * o * (1 - std::tanh(c) * std::tanh(c));
    const double slopes[] = {dc * g * i * (1 - i), dc * before * f * (1 - f), dc * i * (1 - g * g),
                             dout[at] * std::tanh(c) * o * (1 - o)};
    for (std::size_t gate = 0; gate < 4; ++gate)
      e.gradients[0][gates + gate * h] = slopes[gate];
    e.gradients[1][at] = dc * f;
  }
  return e;
}

template <class T>
struct LstmBuffers {
  std::vector<T> sums, gates, cell, before, hidden, dhidden, dcell, dgates;
};

template <class T>
LstmBuffers<T> lstm_buffers(const std::vector<Values>& in, const Values& dout) {
  const auto cells = std::ptrdiff_t(in[1].size());
  LstmBuffers<T> b;
  b.sums = b.gates = b.dgates = from_values<T>(in[0]);
  b.before = b.cell = b.hidden = from_values<T>(in[1]);
  b.dhidden = from_values<T>(Values(dout.begin(), dout.begin() + cells));
  b.dcell = from_values<T>(Values(dout.begin() + cells, dout.end()));
  return b;
}

template <class T>
void lstm_forward(LstmBuffers<T>& b, Index n, Index h) {
  lstm_cell_forward<T>(
      {b.gates.data(), b.cell.data(), b.before.data(), b.hidden.data(), nullptr, 4 * h, h}, n, h);
}
template <class T>
void lstm_backward(LstmBuffers<T>& b, Index n, Index h) {
  lstm_cell_backward<T>({b.gates.data(), b.cell.data(), b.before.data(), b.dhidden.data(),
                         b.dcell.data(), b.dgates.data(), 4 * h, h},
                        n, h);
}

}  // namespace

template <class T>
OpCase lstm_cell_case(Index n, Index h) {
  OpCase row;
  row.op = "lstm_cell";
  row.shape = fmt::format("n={} h={}", n, h);
  row.dtype = dtype_name<T>();
  row.value_tolerance = row.gradient_tolerance = sizeof(T) == 8 ? 1e-12 : 3e-6;
  row.inputs = {random_values(std::size_t(4 * n * h), 1), random_values(std::size_t(n * h), 2)};
  row.outputs = std::size_t(2 * n * h);
  row.elements = double(n * h);
  row.forward_bytes = double(11 * n * h * Index(sizeof(T)));
  row.backward_bytes = double(13 * n * h * Index(sizeof(T)));
  row.evaluate = [=](Isa isa, const std::vector<Values>& in, const Values& dout) {
    if (isa == Isa::reference) return lstm_reference(in, dout, std::size_t(n), std::size_t(h));
    auto b = lstm_buffers<T>(in, dout);
    lstm_forward(b, n, h);
    lstm_backward(b, n, h);
    Values out = to_values(b.hidden);
    const Values cell = to_values(b.cell);
    out.insert(out.end(), cell.begin(), cell.end());
    return Evaluation{out, {to_values(b.dgates), to_values(b.dcell)}};
  };
  row.passes = [=, inputs = row.inputs, outputs = row.outputs](Isa) {
    const auto b =
        std::make_shared<LstmBuffers<T>>(lstm_buffers<T>(inputs, random_values(outputs, 3)));
    return Passes{[=] { lstm_forward(*b, n, h); }, [=] { lstm_backward(*b, n, h); }};
  };
  return row;
}

template <class T>
OpCase embedding_case(Index n, Index V, Index d) {
  OpCase row;
  row.op = "embedding";
  row.shape = fmt::format("n={} V={} d={}", n, V, d);
  row.dtype = dtype_name<T>();
  row.value_tolerance = row.gradient_tolerance = sizeof(T) == 8 ? 1e-14 : 3e-6;
  row.inputs = {random_values(std::size_t(V * d), 1)};
  row.outputs = std::size_t(n * d);
  std::vector<std::int32_t> ids;
  for (Index i = 0; i < n; ++i)
    ids.push_back(std::int32_t(i * i % V));
  row.evaluate = [=](Isa isa, const std::vector<Values>& in, const Values& dout) {
    Evaluation e{Values(std::size_t(n * d)), {Values(std::size_t(V * d))}};
    if (isa == Isa::reference) {
      for (std::size_t at = 0; at < e.out.size(); ++at) {
        const auto from = std::size_t(ids[at / std::size_t(d)] * d) + at % std::size_t(d);
        e.out[at] = in[0][from];
        e.gradients[0][from] += dout[at];
      }
      return e;
    }
    const auto table = from_values<T>(in[0]);
    const auto dx = from_values<T>(dout);
    std::vector<T> x(dx.size()), dtable(table.size());
    embedding_forward<T>(ids.data(), table.data(), x.data(), n, d);
    embedding_backward<T>(ids.data(), dx.data(), dtable.data(), n, d);
    return Evaluation{to_values(x), {to_values(dtable)}};
  };
  return row;
}

template <class T>
OpCase column_sum_case(Index n, Index c) {
  OpCase row;
  row.op = "column_sum";
  row.shape = fmt::format("n={} c={}", n, c);
  row.dtype = dtype_name<T>();
  row.value_tolerance = sizeof(T) == 8 ? 1e-13 : 1e-5;
  const Index stride = c + 3;
  row.inputs = {random_values(std::size_t(n * stride), 1)};
  row.outputs = std::size_t(c);
  row.evaluate = [=](Isa isa, const std::vector<Values>& in, const Values&) {
    Values sums(static_cast<std::size_t>(c));
    if (isa == Isa::reference) {
      for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < c; ++j)
          sums[std::size_t(j)] += in[0][std::size_t(i * stride + j)];
      }
      return Evaluation{sums, {}};
    }
    const auto x = from_values<T>(in[0]);
    std::vector<T> sum(static_cast<std::size_t>(c));
    column_sum<T>(x.data(), sum.data(), n, c, stride);
    return Evaluation{to_values(sum), {}};
  };
  return row;
}

template OpCase lstm_cell_case<float>(Index, Index);
template OpCase lstm_cell_case<double>(Index, Index);
template OpCase embedding_case<float>(Index, Index, Index);
template OpCase embedding_case<double>(Index, Index, Index);
template OpCase column_sum_case<float>(Index, Index);
template OpCase column_sum_case<double>(Index, Index);

}  // namespace scanyard::kernels::test
