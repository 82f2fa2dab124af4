#include "tasks/cuda/products.hpp"

#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/sum.h>

#include "tasks/cuda/cuda_backend.hpp"

namespace scanyard::cuda {

void multiply(Products products, const Tensor& a, const Tensor& b, const Tensor& out, bool add) {
  Tensor result = out;
  if (products == Products::bf16) {
    const Tensor product = at::bmm(a.to(at::kBFloat16), b.to(at::kBFloat16));
    if (add) {
      result.add_(product);
    } else {
      result.copy_(product);
    }
  } else if (add) {
    at::baddbmm_out(result, out, a, b);
  } else {
    at::bmm_out(result, a, b);
  }
}

void CudaBackend::linear_forward(Products products, const Tensor& x, const Tensor& w,
                                 const Tensor& b, const Tensor& y, bool add) {
  if (b.defined()) y.copy_(b.unsqueeze(1).expand_as(y));
  multiply(products, x, w.transpose(1, 2), y, add || b.defined());
}

void CudaBackend::linear_backward_input(Products products, const Tensor& dy, const Tensor& w,
                                        const Tensor& dx, bool add) {
  multiply(products, dy, w, dx, add);
}

void CudaBackend::linear_backward_weight(Products products, const Tensor& dy, const Tensor& x,
                                         const Tensor& dw, const Tensor& db) {
  multiply(products, dy.transpose(1, 2), x, dw, false);
  if (db.defined()) db.copy_(at::sum(dy, {1}, false, at::kFloat));
}

}  // namespace scanyard::cuda
