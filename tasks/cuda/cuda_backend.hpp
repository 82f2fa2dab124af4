//! The operations of a training step on one GPU: products by cuBLAS through ATen, everything else
//! by kernels/cuda.
#pragma once

#include "tasks/models/backend.hpp"

namespace scanyard::cuda {

using at::Tensor;
using models::Products;

/// Works on the current CUDA device and stream. Activations are float32 (z and v may be bf16);
/// float64 is for the CPU. A failed launch throws c10::Error with the operation's name.
class CudaBackend final : public models::Backend {
 public:
  void linear_forward(Products products, const Tensor& x, const Tensor& w, const Tensor& b,
                      const Tensor& y, bool add) override;
  void linear_backward_input(Products products, const Tensor& dy, const Tensor& w, const Tensor& dx,
                             bool add) override;
  void linear_backward_weight(Products products, const Tensor& dy, const Tensor& x,
                              const Tensor& dw, const Tensor& db) override;
  void layer_norm_forward(const Tensor& x, const Tensor& w, const Tensor& b, const Tensor& y,
                          const Tensor& mean, const Tensor& rstd) override;
  void layer_norm_backward(const Tensor& dy, const Tensor& x, const Tensor& mean,
                           const Tensor& rstd, const Tensor& w, const Tensor& dx, const Tensor& dw,
                           const Tensor& db) override;
  void swiglu_forward(const Tensor& ab, const Tensor& s) override;
  void swiglu_backward(const Tensor& ab, const Tensor& ds, const Tensor& dab) override;
  void bdlru_forward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                     const Tensor& h) override;
  void bdlru_backward(kernels::Gate gate, const Tensor& z, const Tensor& v, const Tensor& h,
                      const Tensor& dh, const Tensor& dz, const Tensor& dv) override;
  void hlru_forward(kernels::Gate gate, const Tensor& z, const Tensor& v, const Tensor& y) override;
  void hlru_backward(kernels::Gate gate, const Tensor& z, const Tensor& v, const Tensor& y,
                     const Tensor& dy, const Tensor& dz, const Tensor& dv) override;
  void lstm_forward(Products products, const Tensor& gates, const Tensor& w, const Tensor& cell,
                    const Tensor& hidden, const Tensor& hidden_before) override;
  void lstm_backward(Products products, const Tensor& gates, const Tensor& w, const Tensor& cell,
                     const Tensor& dhidden) override;
  void embedding_forward(const Tensor& ids, const Tensor& table, const Tensor& x) override;
  void embedding_backward(const Tensor& ids, const Tensor& dx, const Tensor& dtable) override;
  void cross_entropy(const Tensor& logits, const Tensor& targets, bool gradient,
                     const models::BatchScores& scores) override;
  void adamw(std::span<const kernels::AdamwScalars> scalars, const Tensor& gradients,
             const Tensor& values, const Tensor& first_moments,
             const Tensor& second_moments) override;
};

}  // namespace scanyard::cuda
