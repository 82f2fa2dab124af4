#include "tests/kernels/ops/scan_cases.hpp"

#include <fmt/format.h>

#include <memory>

#include "kernels/hlru_scan.hpp"
#include "tests/kernels/ops/convert.hpp"

namespace scanyard::kernels::test {
namespace {

std::string describe(const ScanShape& s) {
  return fmt::format("N={} T={} H={} m={}", s.chains, s.length, s.channels, s.m);
}

std::size_t channel_steps(const ScanShape& s) {
  return std::size_t(s.chains * s.length * s.channels);
}

/// z, v and the output of a scan with gates, in the op's own types.
template <class In, class T>
struct GatedBuffers {
  std::vector<In> z, v, dz, dv;
  std::vector<T> out, dout;
};

template <class In, class T>
struct GatedOp {
  const char* name;
  std::size_t z_count, v_count, out_count;  // per channel and step
  void (*forward)(Gate, const ScanShape&, const In*, const In*, T*, Range, Isa);
  void (*backward)(Gate, const ScanShape&, const In*, const In*, const T*, const T*, In*, In*,
                   Range, Isa);
};

template <class In, class T>
std::shared_ptr<GatedBuffers<In, T>> buffers_for(const std::vector<Values>& inputs,
                                                 const Values& dout) {
  auto b = std::make_shared<GatedBuffers<In, T>>();
  b->z = from_values<In>(inputs[0]);
  b->v = from_values<In>(inputs[1]);
  b->dz.resize(b->z.size());
  b->dv.resize(b->v.size());
  b->dout = from_values<T>(dout);
  b->out.resize(dout.size());
  return b;
}

template <class In, class T>
OpCase gated_case(const GatedOp<In, T>& op, Gate gate, const ScanShape& shape) {
  const std::size_t n = channel_steps(shape);
  OpCase row;
  row.op = op.name;
  row.shape = fmt::format("{} {}", to_text(gate), describe(shape));
  row.dtype = dtype_name<In>();
  row.value_tolerance = sizeof(T) == 8 ? 1e-12 : 3e-6;
  // A gradient that is rounded to bfloat16 may fall to the other side.
  row.gradient_tolerance = sizeof(In) == 8 ? 1e-11 : sizeof(In) == 4 ? 1e-5 : 5e-3;
  row.inputs = {random_values(n * op.z_count, 1), random_values(n * op.v_count, 2)};
  row.outputs = n * op.out_count;
  row.has_builds = true;
  row.elements = double(n * op.z_count);
  const double in = double(n * (op.z_count + op.v_count) * sizeof(In));
  const double out = double(n * op.out_count * sizeof(T));
  row.forward_bytes = in + out;
  row.backward_bytes = 2 * in + 2 * out;
  const Range all{0, shape.chains};
  row.evaluate = [=](Isa isa, const std::vector<Values>& inputs, const Values& dout) {
    const auto b = buffers_for<In, T>(inputs, dout);
    op.forward(gate, shape, b->z.data(), b->v.data(), b->out.data(), all, isa);
    op.backward(gate, shape, b->z.data(), b->v.data(), b->out.data(), b->dout.data(), b->dz.data(),
                b->dv.data(), all, isa);
    return Evaluation{to_values(b->out), {to_values(b->dz), to_values(b->dv)}};
  };
  row.passes = [=, inputs = row.inputs, outputs = row.outputs](Isa isa) {
    const auto b = buffers_for<In, T>(inputs, random_values(outputs, 3));
    return Passes{
        [=] { op.forward(gate, shape, b->z.data(), b->v.data(), b->out.data(), all, isa); },
        [=] {
          op.backward(gate, shape, b->z.data(), b->v.data(), b->out.data(), b->dout.data(),
                      b->dz.data(), b->dv.data(), all, isa);
        }};
  };
  return row;
}

/// The scan alone, of either kind: coefficients, inputs, the state before the first step.
template <class T>
struct PlainOp {
  const char* name;
  std::size_t coefficient_count, input_count;  // per channel and step
  void (*forward)(const ScanShape&, const T*, const T*, const T*, T*, Range, Isa);
  void (*backward)(const ScanShape&, const T*, const T*, const T*, const T*, T*, T*, T*, Range,
                   Isa);
};

template <class T>
Evaluation evaluate_plain(const PlainOp<T>& op, const ScanShape& shape, Isa isa,
                          const std::vector<Values>& inputs, const Values& dout) {
  const auto a = from_values<T>(inputs[0]);
  const auto x = from_values<T>(inputs[1]);
  const auto start = from_values<T>(inputs[2]);
  const auto dh = from_values<T>(dout);
  std::vector<T> h(dh.size()), da(a.size()), dx(x.size()), dstart(start.size());
  const Range all{0, shape.chains};
  op.forward(shape, a.data(), x.data(), start.data(), h.data(), all, isa);
  op.backward(shape, a.data(), h.data(), start.data(), dh.data(), da.data(), dx.data(),
              dstart.data(), all, isa);
  return {to_values(h), {to_values(da), to_values(dx), to_values(dstart)}};
}

template <class T>
OpCase plain_case(const PlainOp<T>& op, const ScanShape& shape) {
  const std::size_t n = channel_steps(shape);
  OpCase row;
  row.op = op.name;
  row.shape = describe(shape);
  row.dtype = dtype_name<T>();
  row.value_tolerance = sizeof(T) == 8 ? 1e-12 : 3e-6;
  row.gradient_tolerance = sizeof(T) == 8 ? 1e-11 : 1e-5;
  const double decay = 0.7 / double(shape.m);  // keeps the states from growing
  row.inputs = {random_values(n * op.coefficient_count, 1, decay),
                random_values(n * op.input_count, 2),
                random_values(std::size_t(shape.chains * shape.channels * shape.m), 3)};
  row.outputs = n * std::size_t(shape.m);
  row.has_builds = true;
  row.evaluate = [=](Isa isa, const std::vector<Values>& inputs, const Values& dout) {
    return evaluate_plain(op, shape, isa, inputs, dout);
  };
  return row;
}

}  // namespace

template <class In, class T>
OpCase bdlru_case(Gate gate, const ScanShape& shape) {
  const auto m = std::size_t(shape.m);
  return gated_case<In, T>(
      {"bdlru_scan", m * (m + 1), m, m, bdlru_scan_forward<In, T>, bdlru_scan_backward<In, T>},
      gate, shape);
}

template <class In, class T>
OpCase hlru_case(Gate gate, const ScanShape& shape) {
  const auto m = std::size_t(shape.m);
  return gated_case<In, T>(
      {"hlru_scan", m + 1, 1, m, hlru_scan_forward<In, T>, hlru_scan_backward<In, T>}, gate, shape);
}

template <class T>
OpCase bdlru_plain_case(const ScanShape& shape) {
  const auto m = std::size_t(shape.m);
  return plain_case<T>({"bdlru_plain", m * m, m, bdlru_plain_forward<T>, bdlru_plain_backward<T>},
                       shape);
}

template <class T>
OpCase hlru_plain_case(const ScanShape& shape) {
  const auto m = std::size_t(shape.m);
  return plain_case<T>({"hlru_plain", m, 1, hlru_plain_forward<T>, hlru_plain_backward<T>}, shape);
}

template OpCase bdlru_case<float, float>(Gate, const ScanShape&);
template OpCase bdlru_case<double, double>(Gate, const ScanShape&);
template OpCase bdlru_case<Bf16, float>(Gate, const ScanShape&);
template OpCase hlru_case<float, float>(Gate, const ScanShape&);
template OpCase hlru_case<double, double>(Gate, const ScanShape&);
template OpCase hlru_case<Bf16, float>(Gate, const ScanShape&);
template OpCase bdlru_plain_case<float>(const ScanShape&);
template OpCase bdlru_plain_case<double>(const ScanShape&);
template OpCase hlru_plain_case<float>(const ScanShape&);
template OpCase hlru_plain_case<double>(const ScanShape&);

}  // namespace scanyard::kernels::test
