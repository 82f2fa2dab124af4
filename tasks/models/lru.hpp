//! The paper's two selective mixers around their recurrences: BD-LRU (protocol.md 3.2, equation 5)
//! and H-LRU (3.3, equation 3). Both are: raw gates and values by projections of x, the gated
//! recurrence, and a projection of its states.
#pragma once

#include <string>

#include "kernels/gate.hpp"
#include "tasks/models/buffer.hpp"
#include "tasks/models/layer.hpp"

namespace scanyard::models {

enum class LruKind { bdlru, hlru };

struct LruShape {
  LruKind kind = LruKind::bdlru;
  kernels::Gate gate = kernels::Gate::softmax;
  std::int64_t width = 0;   ///< d
  std::int64_t hidden = 0;  ///< H: blocks (BD-LRU) or channels (H-LRU)
  std::int64_t m = 0;       ///< block size or lags
};

class Lru final : public Layer {
 public:
  /// Parameters `prefix`proj_gates.weight and .bias, proj_v.weight, proj_out.weight; index of a
  /// gate (k*m+i)*(m+1)+j (BD-LRU) or k*(m+1)+j (H-LRU), the input gate last.
  Lru(ParameterLayout& layout, const std::string& prefix, const LruShape& shape);

  void forward(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
               const at::Tensor& y) override;
  void backward(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) override;

  /// States of the last forward pass: [R, B, T, H, m].
  const at::Tensor& states() const { return states_; }

 private:
  /// Values that one token brings into the recurrence: H*m or H.
  static std::int64_t inputs(const LruShape& shape);

  LruShape shape_;
  Projection gates_;
  Projection values_;
  Projection out_;
  at::Tensor x_;
  at::Tensor z_;       ///< raw gates [R, N, inputs*(m+1)]; bf16 where products are
  at::Tensor v_;       ///< [R, N, inputs]; bf16 where products are
  at::Tensor states_;  ///< [R, B, T, H, m], a factor
  Buffer z_buffer_, v_buffer_, states_buffer_;
  Buffer dz_buffer_, dv_buffer_, dstates_buffer_;
};

}  // namespace scanyard::models
