//! The LSTM's recurrence on the CPU: pieces of sequences run through all steps on one thread, so
//! that their state stays in its cache.
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "common/assert.hpp"
#include "kernels/lstm_cell.hpp"
#include "tasks/models/cpu_backend.hpp"
#include "tasks/models/cpu_parallel.hpp"

namespace scanyard::models {
namespace {

/// Sequences of one piece. Fixes the shapes of the products and with them the results.
constexpr std::int64_t sequences_a_piece = 32;

/// One piece of a tensor [R, B, T, features]: where it starts and how far sequences are apart.
/// Plain numbers, because a view a step costs as much as the step of a small LSTM.
template <class T>
class PieceOf {
 public:
  PieceOf(const at::Tensor& x, RowPiece p)
      : x_(x),
        first_(x.mutable_data_ptr<T>() + p.replica * x.stride(0) + p.begin * x.stride(1)),
        offset_(x.storage_offset() + p.replica * x.stride(0) + p.begin * x.stride(1)),
        sequences_(p.end - p.begin) {}

  std::int64_t stride() const { return x_.stride(1); }
  T* at(std::int64_t t) const { return first_ + t * x_.stride(2); }
  /// Step t as a matrix with one row a sequence.
  at::Tensor matrix(std::int64_t t) const {
    return x_.as_strided({sequences_, x_.size(3)}, {stride(), 1}, offset_ + t * x_.stride(2));
  }

 private:
  const at::Tensor& x_;
  T* first_;
  std::int64_t offset_;
  std::int64_t sequences_;
};

/// out += a b.
void accumulate(Products products, const at::Tensor& a, const at::Tensor& b, at::Tensor out) {
  if (products == Products::bf16) {
    out.add_(at::mm(a.to(at::kBFloat16), b.to(at::kBFloat16)));
  } else {
    at::addmm_out(out, out, a, b);
  }
}

template <class T>
void forward_piece(Products products, const at::Tensor& gates, const at::Tensor& w,
                   const at::Tensor& cell, const at::Tensor& hidden,
                   const at::Tensor& hidden_before, RowPiece p) {
  const c10::AutoGradMode no_grad(false);
  const std::int64_t steps = gates.size(2);
  const std::int64_t h = cell.size(3);
  const at::Tensor recurrent = w.select(0, p.replica).t();
  const PieceOf<T> all_gates(gates, p), cells(cell, p), states(hidden, p), before(hidden_before, p);
  before.matrix(0).zero_();
  for (std::int64_t t = 0; t < steps; ++t) {
    if (t > 0) accumulate(products, before.matrix(t), recurrent, all_gates.matrix(t));
    const kernels::LstmStep<T> step{.gates = all_gates.at(t),
                                    .cell = cells.at(t),
                                    .cell_before = t > 0 ? cells.at(t - 1) : nullptr,
                                    .hidden = states.at(t),
                                    .hidden_next = t + 1 < steps ? before.at(t + 1) : nullptr,
                                    .gates_stride = all_gates.stride(),
                                    .state_stride = cells.stride()};
    kernels::lstm_cell_forward(step, p.end - p.begin, h);
  }
}

template <class T>
void backward_piece(Products products, const at::Tensor& gates, const at::Tensor& w,
                    const at::Tensor& cell, const at::Tensor& dhidden, RowPiece p) {
  const c10::AutoGradMode no_grad(false);
  const std::int64_t steps = gates.size(2);
  const std::int64_t h = cell.size(3);
  const at::Tensor recurrent = w.select(0, p.replica);
  const at::Tensor dcell = at::zeros({p.end - p.begin, h}, cell.options());
  const PieceOf<T> all_gates(gates, p), cells(cell, p), dstates(dhidden, p);
  for (std::int64_t t = steps - 1; t >= 0; --t) {
    const kernels::LstmStepGradient<T> step{.gates = all_gates.at(t),
                                            .cell = cells.at(t),
                                            .cell_before = t > 0 ? cells.at(t - 1) : nullptr,
                                            .dhidden = dstates.at(t),
                                            .dcell = dcell.mutable_data_ptr<T>(),
                                            .dgates = all_gates.at(t),
                                            .gates_stride = all_gates.stride(),
                                            .state_stride = cells.stride()};
    kernels::lstm_cell_backward(step, p.end - p.begin, h);
    if (t > 0) accumulate(products, all_gates.matrix(t), recurrent, dstates.matrix(t - 1));
  }
}

}  // namespace

void CpuBackend::lstm_forward(Products products, const at::Tensor& gates, const at::Tensor& w,
                              const at::Tensor& cell, const at::Tensor& hidden,
                              const at::Tensor& hidden_before) {
  for_each_rows(gates.size(0), gates.size(1), sequences_a_piece, gates.size(2) * gates.size(3),
                [&](RowPiece p) {
                  if (gates.scalar_type() == at::kDouble) {
                    forward_piece<double>(products, gates, w, cell, hidden, hidden_before, p);
                  } else {
                    forward_piece<float>(products, gates, w, cell, hidden, hidden_before, p);
                  }
                });
}

void CpuBackend::lstm_backward(Products products, const at::Tensor& gates, const at::Tensor& w,
                               const at::Tensor& cell, const at::Tensor& dhidden,
                               const at::Tensor& dgates) {
  SCANYARD_ASSERT(dgates.is_same(gates), "factors on a CPU are values");
  for_each_rows(gates.size(0), gates.size(1), sequences_a_piece, gates.size(2) * gates.size(3),
                [&](RowPiece p) {
                  if (gates.scalar_type() == at::kDouble) {
                    backward_piece<double>(products, gates, w, cell, dhidden, p);
                  } else {
                    backward_piece<float>(products, gates, w, cell, dhidden, p);
                  }
                });
}

}  // namespace scanyard::models
