//! The CPU backend: matrix products by LibTorch's BLAS, one call a replica with the same shapes
//! whatever their number, and everything else by kernels/.
#pragma once

#include "tasks/models/backend.hpp"

namespace scanyard::models {

class CpuBackend final : public Backend {
 public:
  /// The values' own: products round for themselves.
  at::ScalarType factor_type(Products, at::ScalarType values) const override { return values; }
  void linear_forward(Products products, const at::Tensor& x, const at::Tensor& w,
                      const at::Tensor& b, const at::Tensor& y, bool add) override;
  void linear_forward_residual(Products products, const at::Tensor& x, const at::Tensor& w,
                               const at::Tensor& residual, const at::Tensor& y) override;
  void linear_backward_input(Products products, const at::Tensor& dy, const at::Tensor& w,
                             const at::Tensor& dx, bool add) override;
  void linear_backward_weight(Products products, const at::Tensor& dy, const at::Tensor& x,
                              const at::Tensor& dw, const at::Tensor& db) override;

  void layer_norm_forward(const at::Tensor& x, const at::Tensor& w, const at::Tensor& b,
                          const at::Tensor& y, const at::Tensor& mean,
                          const at::Tensor& rstd) override;
  void layer_norm_backward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& mean,
                           const at::Tensor& rstd, const at::Tensor& w, bool add,
                           const at::Tensor& dx, const at::Tensor& dx_factor, const at::Tensor& dw,
                           const at::Tensor& db) override;

  void swiglu_forward(const at::Tensor& ab, const at::Tensor& s) override;
  void swiglu_backward(const at::Tensor& ab, const at::Tensor& ds, const at::Tensor& dab) override;

  void bdlru_forward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                     const at::Tensor& h) override;
  void bdlru_backward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                      const at::Tensor& h, const at::Tensor& dh, const at::Tensor& dz,
                      const at::Tensor& dv) override;
  void hlru_forward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                    const at::Tensor& y) override;
  void hlru_backward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                     const at::Tensor& y, const at::Tensor& dy, const at::Tensor& dz,
                     const at::Tensor& dv) override;

  void lstm_forward(Products products, const at::Tensor& gates, const at::Tensor& w,
                    const at::Tensor& cell, const at::Tensor& hidden,
                    const at::Tensor& hidden_before) override;
  void lstm_backward(Products products, const at::Tensor& gates, const at::Tensor& w,
                     const at::Tensor& cell, const at::Tensor& dhidden,
                     const at::Tensor& dgates) override;

  void embedding_forward(const at::Tensor& ids, const at::Tensor& table,
                         const at::Tensor& x) override;
  void embedding_backward(const at::Tensor& ids, const at::Tensor& dx,
                          const at::Tensor& dtable) override;

  void cross_entropy(const at::Tensor& logits, const at::Tensor& targets, bool gradient,
                     const BatchScores& scores) override;
  void adamw(std::span<const kernels::AdamwScalars> scalars, const at::Tensor& gradients,
             const at::Tensor& values, const at::Tensor& first_moments,
             const at::Tensor& second_moments) override;

  /// The host is never far away on a CPU: what follows is for devices that record.
  bool records() const override { return false; }
  std::unique_ptr<Recording> record(const std::function<void()>& work) override;
  void gather(const DeviceBatches& from, const at::Tensor& ids, const at::Tensor& targets,
              const BatchScores& scores) override;
  void adamw_scheduled(const at::Tensor& schedule, const at::Tensor& cursor,
                       const at::Tensor& gradients, const at::Tensor& values,
                       const at::Tensor& first_moments, const at::Tensor& second_moments,
                       const at::Tensor& factors) override;
  void synchronize() override {}
  void release_memory() override {}
};

}  // namespace scanyard::models
