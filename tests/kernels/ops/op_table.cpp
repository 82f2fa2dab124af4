#include "kernels/types.hpp"
#include "tests/kernels/ops/op_case.hpp"
#include "tests/kernels/ops/other_cases.hpp"
#include "tests/kernels/ops/scan_cases.hpp"

namespace scanyard::kernels::test {
namespace {

constexpr Gate every_gate[] = {Gate::softmax, Gate::sigmoid_l1, Gate::relu_l1,
                               Gate::no_norm, Gate::tanh_l1,    Gate::lin_l1};

/// Channels that fill vectors, leave some lanes over, and make lanes cross from one chain to the
/// next. Every block size that has a build of its own, and some that have none.
constexpr ScanShape scan_shapes[] = {{1, 1, 1, 1},  {3, 7, 5, 1},  {2, 5, 16, 2}, {3, 6, 11, 3},
                                     {1, 9, 32, 4}, {4, 5, 3, 5},  {2, 4, 16, 5}, {1, 3, 17, 6},
                                     {2, 3, 2, 7},  {1, 4, 33, 8}, {2, 3, 3, 16}};

template <class Add>
void add_scans(std::vector<OpCase>& rows, Add add) {
  for (const Gate gate : every_gate) {
    for (ScanShape shape : scan_shapes) {
      // Without normalisation the state grows with every step; a few are enough.
      if (gate == Gate::no_norm && shape.length > 4) shape.length = 4;
      add(rows, gate, shape);
    }
  }
}

}  // namespace

std::vector<OpCase> test_cases() {
  std::vector<OpCase> rows;
  add_scans(rows, [](auto& all, Gate gate, const ScanShape& shape) {
    all.push_back(bdlru_case<float, float>(gate, shape));
    all.push_back(bdlru_case<double, double>(gate, shape));
    all.push_back(bdlru_case<Bf16, float>(gate, shape));
    all.push_back(hlru_case<float, float>(gate, shape));
    all.push_back(hlru_case<double, double>(gate, shape));
    all.push_back(hlru_case<Bf16, float>(gate, shape));
  });
  for (const ScanShape& shape : scan_shapes) {
    rows.push_back(bdlru_plain_case<float>(shape));
    rows.push_back(bdlru_plain_case<double>(shape));
    rows.push_back(hlru_plain_case<float>(shape));
    rows.push_back(hlru_plain_case<double>(shape));
  }
  for (const auto& [n, c] : {std::pair{1, 1}, {7, 6}, {9, 24}, {5, 33}, {3, 300}}) {
    rows.push_back(cross_entropy_case<float>(n, c));
    rows.push_back(cross_entropy_case<double>(n, c));
    rows.push_back(layer_norm_case<float>(n, c + 1));
    rows.push_back(layer_norm_case<double>(n, c + 1));
    rows.push_back(swiglu_case<float>(n, c));
    rows.push_back(swiglu_case<double>(n, c));
    rows.push_back(adamw_case<float>(n * c));
    rows.push_back(adamw_case<double>(n * c));
    rows.push_back(lstm_cell_case<float>(n, c));
    rows.push_back(lstm_cell_case<double>(n, c));
    rows.push_back(embedding_case<float>(n, 5, c));
    rows.push_back(embedding_case<double>(n, 5, c));
    rows.push_back(column_sum_case<float>(n, c));
    rows.push_back(column_sum_case<double>(n, c));
  }
  for (const Gate gate : every_gate) {
    rows.push_back(gate_case<double>(gate, GateForm::selective, 5, 4));
    rows.push_back(gate_case<double>(gate, GateForm::parameter, 5, 4));
  }
  return rows;
}

std::vector<OpCase> bench_cases() {
  std::vector<OpCase> rows;
  // 128 sequences of 16 steps, states of about 320: what a training on permutations runs.
  for (const auto& [m, H] :
       {std::pair{1, 320}, {2, 160}, {3, 107}, {4, 80}, {5, 64}, {8, 40}, {16, 20}}) {
    rows.push_back(bdlru_case<float, float>(Gate::softmax, {128, 16, H, m}));
  }
  for (const Gate gate : every_gate) {
    if (gate != Gate::softmax) rows.push_back(bdlru_case<float, float>(gate, {128, 16, 64, 5}));
  }
  rows.push_back(bdlru_case<Bf16, float>(Gate::softmax, {128, 16, 64, 5}));
  rows.push_back(bdlru_case<float, float>(Gate::softmax, {32, 64, 64, 5}));
  for (const auto& [m, H] : {std::pair{2, 160}, {5, 64}, {16, 20}}) {
    rows.push_back(hlru_case<float, float>(Gate::softmax, {128, 16, H, m}));
  }
  rows.push_back(cross_entropy_case<float>(2048, 6));
  rows.push_back(cross_entropy_case<float>(2048, 120));
  rows.push_back(adamw_case<float>(500'000));
  rows.push_back(layer_norm_case<float>(2048, 128));
  rows.push_back(swiglu_case<float>(2048, 352));
  rows.push_back(lstm_cell_case<float>(128, 64));
  return rows;
}

}  // namespace scanyard::kernels::test
