#include "tests/kernels/scan_gpu/scan_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace scanyard::kernels::test {
namespace {

constexpr Gate every_gate[] = {Gate::softmax, Gate::sigmoid_l1, Gate::relu_l1,
                               Gate::no_norm, Gate::tanh_l1,    Gate::lin_l1};
constexpr ScanTypes every_type[] = {ScanTypes::f32, ScanTypes::bf16, ScanTypes::bf16_states};
constexpr ScanOp every_op[] = {ScanOp::bdlru, ScanOp::hlru, ScanOp::hlru_transposed};

std::string format(const char* what, double error, double limit) {
  char text[160];
  std::snprintf(text, sizeof text, "%s: relative error %.3g, allowed %.3g", what, error, limit);
  return text;
}

/// Largest difference over the largest expected entry; infinite where a NaN is not expected.
double relative_error(const std::vector<float>& actual, const std::vector<double>& expected) {
  double difference = 0, largest = 1e-30;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double here = std::abs(double(actual[i]) - expected[i]);
    if (!(here < 1e300)) return INFINITY;
    difference = std::max(difference, here);
    largest = std::max(largest, std::abs(expected[i]));
  }
  return difference / largest;
}

/// Rounding of the type that is written, and of float32 sums over a block and a few steps.
double tolerance(int element_bytes) {
  return element_bytes == 2 ? 5e-3 : 2e-5;
}

}  // namespace

std::vector<ScanRow> scan_rows(bool small) {
  std::vector<ScanRow> rows;
  const auto add = [&](ScanOp op, ScanTypes types, Gate gate, ScanShape shape, int shift = 0) {
    if (gate == Gate::no_norm && shape.length > 20) shape.length = 20;
    rows.push_back({op, types, gate, shape, {}, false, shift});
  };
  const std::vector<std::int64_t> sizes =
      small ? std::vector<std::int64_t>{1, 2, 4, 5, 7, 8, 9, 16, 17}
            : std::vector<std::int64_t>{1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                        12, 13, 14, 15, 16, 17, 24, 31, 32, 33, 64};
  for (const ScanOp op : every_op) {
    for (const std::int64_t m : sizes) {
      for (const ScanTypes types : every_type) {
        const std::int64_t length = m > 16 ? 5 : small ? 19 : 67;
        add(op, types, Gate::softmax, {2, length, 11, m});
        if (small) continue;
        add(op, types, Gate::softmax, {3, 16, m > 16 ? 4 : 64, m});  // whole 16-byte rows
        add(op, types, Gate::softmax, {7, 3, 1, m});
        add(op, types, Gate::softmax, {1, 1, 40, m}, 1);
        add(op, types, Gate::softmax, {5, 33, 3, m}, 3);
      }
    }
    for (const Gate gate : every_gate) {
      for (const std::int64_t m : small ? std::vector<std::int64_t>{2, 5}
                                        : std::vector<std::int64_t>{1, 3, 4, 7, 8, 16, 19}) {
        for (const ScanTypes types : every_type)
          add(op, types, gate, {2, 13, 6, m});
      }
    }
    if (!small) {
      add(op, ScanTypes::bf16_states, Gate::softmax, {2, 1500, 128, 4});
      add(op, ScanTypes::bf16, Gate::softmax, {600, 16, 64, 5});
      add(op, ScanTypes::f32, Gate::softmax, {2, 3000, 8, 1});
      add(op, ScanTypes::f32, Gate::softmax, {1, 1001, 6, 16});
    }
    for (const ScanShape& empty :
         {ScanShape{0, 5, 4, 2}, ScanShape{3, 0, 4, 2}, ScanShape{3, 5, 0, 2}})
      add(op, ScanTypes::f32, Gate::softmax, empty);
  }
  for (const std::int64_t m :
       small ? std::vector<std::int64_t>{2} : std::vector<std::int64_t>{1, 2, 3, 4, 5, 8, 11, 16}) {
    for (const ScanTypes types : every_type) {
      if (small && types != ScanTypes::bf16) continue;
      const std::int64_t length = small ? 16385 : 17000;
      rows.push_back(
          {ScanOp::bdlru, types, Gate::softmax, {1, length, small ? 1 : 7, m}, {}, true, 0});
    }
  }
  return rows;
}

std::string check_values(const ScanRow& row) {
  const ScanInputs inputs = random_inputs(row);
  const ScanOutputs actual = evaluate_on_device(row, inputs);
  if (!actual.error.empty()) return actual.error;
  const ScanDoubles expected = evaluate_reference(row, inputs, actual.out);
  const double out_limit = tolerance(row.out_bytes()), in_limit = tolerance(row.in_bytes());
  const double out = relative_error(actual.out, expected.out);
  const double dz = relative_error(actual.dz, expected.dz);
  const double dv = relative_error(actual.dv, expected.dv);
  if (!(out <= out_limit)) return format("output", out, out_limit);
  if (!(dz <= in_limit)) return format("dz", dz, in_limit);
  if (!(dv <= in_limit)) return format("dv", dv, in_limit);
  return "";
}

std::string check_differences(const ScanRow& row) {
  const ScanInputs inputs = random_inputs(row);
  const ScanOutputs actual = evaluate_on_device(row, inputs);
  if (!actual.error.empty()) return actual.error;
  double largest = 1e-3;
  for (const auto* gradients : {&actual.dz, &actual.dv}) {
    for (const float g : *gradients)
      largest = std::max(largest, double(std::abs(g)));
  }
  const std::int64_t count = row.z_count() + row.v_count();
  constexpr double step = 1e-4;
  for (std::int64_t k = 0; k < std::min<std::int64_t>(count, 12); ++k) {
    const std::int64_t index = k * 7919 % count;
    const double expected =
        (reference_loss(row, inputs, index, step) - reference_loss(row, inputs, index, -step)) /
        (2 * step);
    const double found = index < row.z_count() ? actual.dz[std::size_t(index)]
                                               : actual.dv[std::size_t(index - row.z_count())];
    const double error = std::abs(found - expected) / largest;
    const double limit = row.out_bytes() == 2 ? 2e-2 : row.in_bytes() == 2 ? 5e-3 : 1e-4;
    if (!(error <= limit)) return format("gradient against differences", error, limit);
  }
  return "";
}

std::string check_determinism(const ScanRow& row) {
  const ScanInputs inputs = random_inputs(row);
  const ScanOutputs first = evaluate_on_device(row, inputs);
  if (!first.error.empty()) return first.error;
  if (!(evaluate_on_device(row, inputs) == first)) return "a second launch gave other bits";
  ScanRow other = row;
  other.shift_elements = row.shift_elements + 1;
  if (!(evaluate_on_device(other, inputs) == first)) return "shifted arrays gave other bits";
  other = row;
  other.shape.chains = 1;
  const std::int64_t chain = row.shape.chains - 1;
  const ScanInputs part = inputs_of_chain(row, inputs, chain);
  const ScanOutputs alone = evaluate_on_device(other, part);
  const ScanInputs of_all = inputs_of_chain(row, {first.dz, first.dv, first.out}, chain);
  if (alone.dz != of_all.z || alone.dv != of_all.v || alone.out != of_all.dout)
    return "a sequence alone gave other bits than among others";
  if (row.shape.m > 16 || (row.op != ScanOp::bdlru && row.shape.m > 8 && row.shape.m < 16))
    return "";  // no tuning there
  for (const cuda::ScanTuning& tuning :
       {cuda::ScanTuning{1, 2, 1, 2}, {2, 1, 3, 1}, {5, 1, 2, 2}}) {
    other = row;
    other.tuning = tuning;
    if (!(evaluate_on_device(other, inputs) == first)) return other.name() + " gave other bits";
  }
  return "";
}

}  // namespace scanyard::kernels::test
