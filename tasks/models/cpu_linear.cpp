//! Matrix products of the CPU backend. One call a replica, always of the same shapes: BLAS picks
//! its algorithm by shape, so a replica's product does not depend on how many there are.
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>

#include "common/assert.hpp"
#include "kernels/column_sum.hpp"
#include "tasks/models/cpu_backend.hpp"
#include "tasks/models/cpu_parallel.hpp"

namespace scanyard::models {
namespace {

at::Tensor rounded(const at::Tensor& x) {
  return x.to(at::kBFloat16);
}

/// out = a b, or out += a b.
void multiply(Products products, const at::Tensor& a, const at::Tensor& b, at::Tensor out,
              bool add) {
  if (products == Products::bf16) {
    const at::Tensor product = at::mm(rounded(a), rounded(b));
    if (add) {
      out.add_(product);
    } else {
      out.copy_(product);
    }
  } else if (add) {
    at::addmm_out(out, out, a, b);
  } else {
    at::mm_out(out, a, b);
  }
}

template <class In, class T>
void sum_tokens(const at::Tensor& dy, const at::Tensor& db) {
  constexpr std::int64_t columns_a_piece = 256;
  const std::int64_t n = dy.size(1);
  const std::int64_t columns = dy.size(2);
  const In* const from = static_cast<const In*>(dy.const_data_ptr());
  T* const to = db.mutable_data_ptr<T>();
  for_each_rows(dy.size(0), columns, columns_a_piece, n, [&](RowPiece piece) {
    kernels::column_sum(from + piece.replica * n * columns + piece.begin,
                        to + piece.replica * db.stride(0) + piece.begin, n, piece.end - piece.begin,
                        columns);
  });
}

}  // namespace

void CpuBackend::linear_forward(Products products, const at::Tensor& x, const at::Tensor& w,
                                const at::Tensor& b, const at::Tensor& y, bool add) {
  SCANYARD_ASSERT(!(add && b.defined()), "a layer that adds to the residual has no bias");
  for (std::int64_t r = 0; r < x.size(0); ++r) {
    const at::Tensor x_r = x.select(0, r);
    const at::Tensor w_r = w.select(0, r).t();
    at::Tensor y_r = y.select(0, r);
    if (b.defined()) {
      y_r.copy_(b.select(0, r).expand_as(y_r));
      multiply(products, x_r, w_r, y_r, true);
    } else {
      multiply(products, x_r, w_r, y_r, add);
    }
  }
}

void CpuBackend::linear_forward_residual(Products products, const at::Tensor& x,
                                         const at::Tensor& w, const at::Tensor& residual,
                                         const at::Tensor& y) {
  if (!y.is_same(residual)) y.copy_(residual);
  linear_forward(products, x, w, {}, y, true);
}

void CpuBackend::linear_backward_input(Products products, const at::Tensor& dy, const at::Tensor& w,
                                       const at::Tensor& dx, bool add) {
  for (std::int64_t r = 0; r < dy.size(0); ++r)
    multiply(products, dy.select(0, r), w.select(0, r), dx.select(0, r), add);
}

void CpuBackend::linear_backward_weight(Products products, const at::Tensor& dy,
                                        const at::Tensor& x, const at::Tensor& dw,
                                        const at::Tensor& db) {
  for (std::int64_t r = 0; r < dy.size(0); ++r)
    multiply(products, dy.select(0, r).t(), x.select(0, r), dw.select(0, r), false);
  if (!db.defined()) return;
  if (dy.scalar_type() == at::kDouble) {
    sum_tokens<double, double>(dy, db);
  } else if (dy.scalar_type() == at::kBFloat16) {
    sum_tokens<kernels::Bf16, float>(dy, db);
  } else {
    sum_tokens<float, float>(dy, db);
  }
}

}  // namespace scanyard::models
