//! The operations of a training step on one GPU: products by cuBLASLt, everything else by
//! kernels/cuda.
#pragma once

#include <vector>

#include "kernels/cuda/matmul.hpp"
#include "tasks/models/backend.hpp"
#include "tasks/models/buffer.hpp"

namespace scanyard::cuda {

using at::Tensor;
using models::Products;

/// Works on the current CUDA device and stream. Activations are float32 and factors bf16 or float32;
/// float64 is for the CPU. A failed launch throws c10::Error with the operation's name.
class CudaBackend final : public models::Backend {
 public:
  at::ScalarType factor_type(Products products, at::ScalarType values) const override {
    return products == Products::bf16 ? at::kBFloat16 : values;
  }
  void linear_forward(Products products, const Tensor& x, const Tensor& w, const Tensor& b,
                      const Tensor& y, bool add) override;
  void linear_forward_residual(Products products, const Tensor& x, const Tensor& w,
                               const Tensor& residual, const Tensor& y) override;
  void linear_backward_input(Products products, const Tensor& dy, const Tensor& w, const Tensor& dx,
                             bool add) override;
  void linear_backward_weight(Products products, const Tensor& dy, const Tensor& x,
                              const Tensor& dw, const Tensor& db) override;
  void layer_norm_forward(const Tensor& x, const Tensor& w, const Tensor& b, const Tensor& y,
                          const Tensor& mean, const Tensor& rstd) override;
  void layer_norm_backward(const Tensor& dy, const Tensor& x, const Tensor& mean,
                           const Tensor& rstd, const Tensor& w, bool add, const Tensor& dx,
                           const Tensor& dx_factor, const Tensor& dw, const Tensor& db) override;
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
                     const Tensor& dhidden, const Tensor& dgates) override;
  void embedding_forward(const Tensor& ids, const Tensor& table, const Tensor& x) override;
  void embedding_backward(const Tensor& ids, const Tensor& dx, const Tensor& dtable) override;
  void cross_entropy(const Tensor& logits, const Tensor& targets, bool gradient,
                     const models::BatchScores& scores) override;
  void adamw(std::span<const kernels::AdamwScalars> scalars, const Tensor& gradients,
             const Tensor& values, const Tensor& first_moments,
             const Tensor& second_moments) override;

  bool records() const override { return true; }
  std::unique_ptr<models::Recording> record(const std::function<void()>& work) override;
  void gather(const models::DeviceBatches& from, const Tensor& ids, const Tensor& targets,
              const models::BatchScores& scores) override;
  void adamw_scheduled(const Tensor& schedule, const Tensor& cursor, const Tensor& gradients,
                       const Tensor& values, const Tensor& first_moments,
                       const Tensor& second_moments, const Tensor& factors) override;
  void synchronize() override;
  void release_memory() override;

 private:
  /// Scratch memory that recordings may hold on to: what it outgrew stays until release_memory().
  struct Scratch {
    Tensor storage;
    std::vector<Tensor> outgrown;
    Tensor get(std::int64_t count, const at::TensorOptions& options, bool zeros);
  };
  /// d = a b (+ c) (+ bias), each [R, rows, columns] with dense columns.
  void multiply(Products products, const Tensor& a, bool a_transposed, const Tensor& b,
                bool b_transposed, const Tensor& c, const Tensor& bias, const Tensor& d);
  /// At least `count` zeros that kernels count up and set back.
  unsigned* counters(std::int64_t count, const Tensor& like);

  kernels::cuda::Matmul matmul_;
  Scratch floats_, losses_, rights_, counters_, dcell_;
};

}  // namespace scanyard::cuda
