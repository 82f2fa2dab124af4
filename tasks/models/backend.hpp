//! The operations that layers are made of, for R replicas at once, behind one interface a device:
//! layers are written once, the CPU backend calls the CPU kernels, the GPU plugin brings its own.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/DeviceType.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "kernels/adamw.hpp"
#include "kernels/gate.hpp"

namespace scanyard::models {

/// Arithmetic of matrix products; everything else has the tensors' own type.
enum class Products {
  native,  ///< the tensors' type (float32, or float64 in tests)
  bf16,    ///< factors rounded to bf16, sums in float32, result rounded to bf16 and widened again
};

/// What one batch gave, per replica; on the backend's device. With a `cursor` these are tables of
/// many batches with a leading axis S, and replica r's row is cursor[r] - 1.
struct BatchScores {
  at::Tensor loss_sum;  ///< [R] float64: sum of -log p(target) over scored positions, nats
  at::Tensor scored;    ///< [R] int64: positions whose target is not ignored
  at::Tensor right;     ///< [R] int64: scored positions predicted right
  at::Tensor counts;    ///< [R, 3, V] int64: true positives, false negatives, false positives
  at::Tensor cursor;    ///< [R] int32, or undefined
};

/// Operations that a device repeats without the host: same memory, new numbers.
class Recording {
 public:
  virtual ~Recording() = default;
  /// Starts it once more, behind what was started before.
  virtual void replay() = 0;
};

/// What a device that records needs of an epoch, for R replicas; all on the device. Addresses: one
/// row a replica of int64, {ids, targets, order or 0}: sequences [count, T] int32 and the order
/// [count] int32 that they are taken in.
struct DeviceBatches {
  at::Tensor addresses;  ///< [R, 3]
  at::Tensor cursor;     ///< [R] int32: batches taken; gather() adds one
  std::int64_t batch = 0;
};

/// Every operation of a training step. Letters: R replicas, N = B*T tokens, B sequences, T steps,
/// d features, H blocks or units, m block size or lags, F inner features, V classes.
/// Tensors are contiguous, on the backend's device and of one floating type, unless said otherwise;
/// outputs are allocated by the caller. Row r of every output depends on row r of the inputs only,
/// bit for bit: what a replica computes does not depend on its neighbours or their number.
/// Not thread-safe: one training thread uses a backend at a time.
class Backend {
 public:
  virtual ~Backend() = default;

  /// The type that factors of products are kept in, where values and activations are `values`:
  /// layers give such tensors to products where the interface says "factor".
  virtual at::ScalarType factor_type(Products products, at::ScalarType values) const = 0;

  /// y[r] = x[r] w[r]^T + b[r], or y[r] += with `add`. x [R, N, in] and w [R, out, in] (any row
  /// stride) factors or values, b [R, out] of y's type or undefined, y [R, N, out] factor or values.
  virtual void linear_forward(Products products, const at::Tensor& x, const at::Tensor& w,
                              const at::Tensor& b, const at::Tensor& y, bool add) = 0;
  /// y[r] = residual[r] + x[r] w[r]^T, all [R, N, out]; y may be the residual itself.
  virtual void linear_forward_residual(Products products, const at::Tensor& x, const at::Tensor& w,
                                       const at::Tensor& residual, const at::Tensor& y) = 0;
  /// dx[r] = dy[r] w[r], or += with `add`. dy [R, N, out], dx [R, N, in].
  virtual void linear_backward_input(Products products, const at::Tensor& dy, const at::Tensor& w,
                                     const at::Tensor& dx, bool add) = 0;
  /// dw[r] = dy[r]^T x[r]; db[r] = sum of dy[r] over tokens where `db` is defined.
  virtual void linear_backward_weight(Products products, const at::Tensor& dy, const at::Tensor& x,
                                      const at::Tensor& dw, const at::Tensor& db) = 0;

  /// y = (x - mean) / sqrt(variance + 1e-5) * w + b over d. x, y [R, N, d]; w, b [R, d];
  /// mean, rstd [R, N] are kept for the backward pass. y is a factor.
  virtual void layer_norm_forward(const at::Tensor& x, const at::Tensor& w, const at::Tensor& b,
                                  const at::Tensor& y, const at::Tensor& mean,
                                  const at::Tensor& rstd) = 0;
  /// dx = gradient, or += with `add` (the residual stream's gradient arrives in dx); dx_factor is
  /// dx as a factor, dx itself where types agree; dw, db [R, d] are overwritten. dy is a factor.
  virtual void layer_norm_backward(const at::Tensor& dy, const at::Tensor& x,
                                   const at::Tensor& mean, const at::Tensor& rstd,
                                   const at::Tensor& w, bool add, const at::Tensor& dx,
                                   const at::Tensor& dx_factor, const at::Tensor& dw,
                                   const at::Tensor& db) = 0;

  /// s = silu(a) * b. ab [R, N, 2F] (a in the first F columns), s [R, N, F]; all factors.
  virtual void swiglu_forward(const at::Tensor& ab, const at::Tensor& s) = 0;
  /// dab [R, N, 2F] from ds [R, N, F]; dab may be ab itself.
  virtual void swiglu_backward(const at::Tensor& ab, const at::Tensor& ds,
                               const at::Tensor& dab) = 0;

  /// The recurrence of BD-LRU (kernels/bdlru_scan.hpp) for R*B chains. z [R, N, H*m*(m+1)] raw
  /// gates, v [R, N, H*m], h [R, B, T, H, m]. z and v may be bf16 where h is float32; h may be a
  /// factor: the recurrence itself keeps its state in float32.
  virtual void bdlru_forward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                             const at::Tensor& h) = 0;
  /// dz and dv, of the types of z and v, from dh.
  virtual void bdlru_backward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                              const at::Tensor& h, const at::Tensor& dh, const at::Tensor& dz,
                              const at::Tensor& dv) = 0;
  /// The recurrence of H-LRU, equation 3 (kernels/hlru_scan.hpp). z [R, N, H*(m+1)],
  /// v [R, N, H], y [R, B, T, H, m].
  virtual void hlru_forward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                            const at::Tensor& y) = 0;
  virtual void hlru_backward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                             const at::Tensor& y, const at::Tensor& dy, const at::Tensor& dz,
                             const at::Tensor& dv) = 0;

  /// One LSTM layer's recurrence. gates [R, B, T, 4h]: in, what input and biases add; out, the
  /// activated gates i, f, g, o. w [R, 4h, h] recurrent weights. Outputs: cell and hidden
  /// [R, B, T, h], and hidden_before [R, B, T, h], which is hidden one step later (zeros at t = 0).
  /// w, hidden and hidden_before are factors.
  virtual void lstm_forward(Products products, const at::Tensor& gates, const at::Tensor& w,
                            const at::Tensor& cell, const at::Tensor& hidden,
                            const at::Tensor& hidden_before) = 0;
  /// dgates: the gradients of the activated gates' sums, a factor; gates itself where types agree.
  /// dhidden [R, B, T, h]: in, the gradient by the layer's output; out, with the recurrence's share.
  virtual void lstm_backward(Products products, const at::Tensor& gates, const at::Tensor& w,
                             const at::Tensor& cell, const at::Tensor& dhidden,
                             const at::Tensor& dgates) = 0;

  /// x[r, n] = table[r, ids[r, n]]. ids [R, N] int32 in 0..V-1, table [R, V, d].
  virtual void embedding_forward(const at::Tensor& ids, const at::Tensor& table,
                                 const at::Tensor& x) = 0;
  /// dtable[r, v] = sum of dx[r, n] over tokens with that id, in order of n.
  virtual void embedding_backward(const at::Tensor& ids, const at::Tensor& dx,
                                  const at::Tensor& dtable) = 0;

  /// Softmax cross-entropy and the metric's counts of one batch (kernels/cross_entropy.hpp).
  /// logits [R, N, V], a factor, targets [R, N] int32 in 0..V-1 or -100. With `gradient`, logits are
  /// replaced by the gradient of each replica's mean loss over scored positions. `scores` is
  /// overwritten; with a cursor `scored` is there already (gather()), counts are added to, and may be
  /// undefined.
  virtual void cross_entropy(const at::Tensor& logits, const at::Tensor& targets, bool gradient,
                             const BatchScores& scores) = 0;

  /// One AdamW update (kernels/adamw.hpp) of values, first and second moments [R, P] from gradients
  /// [R, P], replica r with scalars[r].
  virtual void adamw(std::span<const kernels::AdamwScalars> scalars, const at::Tensor& gradients,
                     const at::Tensor& values, const at::Tensor& first_moments,
                     const at::Tensor& second_moments) = 0;

  /// Nothing below is called where this is false.
  virtual bool records() const = 0;
  /// Notes down what `work` asks for, without doing it. Everything that it needs must be in place:
  /// the same work was done before. Memory that it touches must stay as long as the recording.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& work) = 0;
  /// The next batch of every replica: ids and targets [R, B, T] int32, and the row of scores.scored.
  virtual void gather(const DeviceBatches& from, const at::Tensor& ids, const at::Tensor& targets,
                      const BatchScores& scores) = 0;
  /// adamw() with scalars from `schedule` [S, R, 7] float32 (kernels::AdamwRow), row cursor[r] - 1
  /// for replica r; `factors` [R, P]: the new values as factors, or undefined.
  virtual void adamw_scheduled(const at::Tensor& schedule, const at::Tensor& cursor,
                               const at::Tensor& gradients, const at::Tensor& values,
                               const at::Tensor& first_moments, const at::Tensor& second_moments,
                               const at::Tensor& factors) = 0;
  /// Waits until everything that was started is done.
  virtual void synchronize() = 0;
  /// Gives memory back that no tensor uses.
  virtual void release_memory() = 0;
};

/// The backend of a device type. Asserts that one is there: the CPU's always is.
Backend& backend_for(c10::DeviceType device);

/// Makes `backend` the one of `device` until the process ends. Called by a plugin before anything
/// is trained; the backend must live as long as the process.
void register_backend(c10::DeviceType device, Backend& backend);

}  // namespace scanyard::models
