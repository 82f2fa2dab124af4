//! Matrix products over the replica axis, and the LSTM, which is products and little else.
#include <ATen/ops/empty.h>

#include "kernels/cuda/column_sum.hpp"
#include "kernels/cuda/lstm_cell.hpp"
#include "tasks/cuda/cuda_backend.hpp"
#include "tasks/cuda/tensors.hpp"

namespace scanyard::cuda {
namespace {

namespace device = kernels::cuda;

/// [R, rows, columns] with dense columns.
device::Matrix matrix_of(const Tensor& x, bool transposed = false) {
  TORCH_CHECK(x.dim() == 3 && (x.stride(2) == 1 || x.size(2) == 1), "a matrix has dense columns");
  return {.data = x.const_data_ptr(),
          .element = is_bf16(x) ? device::Element::bf16 : device::Element::float32,
          .rows = x.size(1),
          .columns = x.size(2),
          .row_stride = x.stride(1),
          .replica_stride = x.stride(0),
          .transposed = transposed};
}

/// Layers hand over factors; values, as tests do, are rounded here, at the price of a copy.
Tensor factor(Products products, const Tensor& x) {
  return products == Products::bf16 && !is_bf16(x) ? x.to(at::kBFloat16) : x;
}

}  // namespace

void CudaBackend::multiply(Products products, const Tensor& a, bool a_transposed, const Tensor& b,
                           bool b_transposed, const Tensor& c, const Tensor& bias,
                           const Tensor& d) {
  const Tensor left = factor(products, a), right = factor(products, b);
  device::Product product;
  product.a = matrix_of(left, a_transposed);
  product.b = matrix_of(right, b_transposed);
  product.d = matrix_of(d);
  product.replicas = d.size(0);
  if (c.defined()) {
    TORCH_CHECK(c.strides() == d.strides() && c.scalar_type() == d.scalar_type(),
                "what is added lies like the result");
    product.c = c.const_data_ptr();
  }
  Tensor same_type;
  if (bias.defined()) {
    same_type = bias.scalar_type() == d.scalar_type() ? bias : bias.to(d.scalar_type());
    product.bias = same_type.const_data_ptr();
    product.bias_stride = same_type.stride(0);
  }
  const std::string trouble = matmul_.run(product, stream());
  TORCH_CHECK(trouble.empty(), trouble);
}

void CudaBackend::linear_forward(Products products, const Tensor& x, const Tensor& w,
                                 const Tensor& b, const Tensor& y, bool add) {
  multiply(products, x, false, w, true, add ? y : Tensor(), b, y);
}

void CudaBackend::linear_forward_residual(Products products, const Tensor& x, const Tensor& w,
                                          const Tensor& residual, const Tensor& y) {
  multiply(products, x, false, w, true, residual, {}, y);
}

void CudaBackend::linear_backward_input(Products products, const Tensor& dy, const Tensor& w,
                                        const Tensor& dx, bool add) {
  multiply(products, dy, false, w, false, add ? dx : Tensor(), {}, dx);
}

void CudaBackend::linear_backward_weight(Products products, const Tensor& dy, const Tensor& x,
                                         const Tensor& dw, const Tensor& db) {
  multiply(products, dy, true, x, false, {}, {}, dw);
  if (!db.defined()) return;
  // cuBLASLt's own epilogue for this is a kernel apart too, and slower.
  const device::ColumnSumShape shape{dy.size(0), dy.size(1), dy.size(2), db.stride(0)};
  const std::int64_t groups =
      (shape.columns + device::column_sum_counter_columns - 1) / device::column_sum_counter_columns;
  const Tensor workspace =
      floats_.get(device::column_sum_workspace(shape), db.options(), false);
  with_factor(dy, [&](const auto* from) {
    check(device::column_sum(shape, from, floats(db), floats(workspace),
                             counters(shape.replicas * groups, db), stream()),
          "a bias's gradient");
  });
}

void CudaBackend::lstm_forward(Products products, const Tensor& gates, const Tensor& w,
                               const Tensor& cell, const Tensor& hidden,
                               const Tensor& hidden_before) {
  const std::int64_t rows = gates.size(0) * gates.size(1), steps = gates.size(2);
  for (std::int64_t t = 0; t < steps; ++t) {
    const Tensor now = gates.select(2, t);
    if (t > 0) multiply(products, hidden.select(2, t - 1), false, w, true, now, {}, now);
    with_factor(hidden, [&]<class Factor>(Factor* states) {
      check(device::lstm_cell_forward({rows, steps, cell.size(3), t}, floats(gates), floats(cell),
                                      states,
                                      static_cast<Factor*>(hidden_before.mutable_data_ptr()),
                                      stream()),
            "the LSTM cell");
    });
  }
}

void CudaBackend::lstm_backward(Products products, const Tensor& gates, const Tensor& w,
                                const Tensor& cell, const Tensor& dhidden, const Tensor& dgates) {
  const std::int64_t rows = gates.size(0) * gates.size(1), steps = gates.size(2);
  const Tensor dcell = dcell_.get(rows * cell.size(3), cell.options(), false);
  for (std::int64_t t = steps - 1; t >= 0; --t) {
    with_factor(dgates, [&](auto* sums) {
      check(device::lstm_cell_backward({rows, steps, cell.size(3), t}, floats(gates), floats(cell),
                                       floats(dhidden), floats(dcell), sums, stream()),
            "the LSTM cell's gradient");
    });
    if (t == 0) continue;
    const Tensor before = dhidden.select(2, t - 1);
    multiply(products, dgates.select(2, t), false, w, false, before, {}, before);
  }
}

}  // namespace scanyard::cuda
