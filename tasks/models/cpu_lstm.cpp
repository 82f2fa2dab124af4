//! The LSTM's recurrence on the CPU: pieces of sequences run through all steps on one thread, so
//! that their state stays in its cache.
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "kernels/lstm_cell.hpp"
#include "tasks/models/cpu_backend.hpp"
#include "tasks/models/cpu_parallel.hpp"

namespace scanyard::models {
namespace {

/// Sequences of one piece. Fixes the shapes of the products and with them the results.
constexpr std::int64_t sequences_a_piece = 32;

/// Sequences [begin, end) of replica r at step t, as a matrix with one row a sequence.
at::Tensor at_step(const at::Tensor& x, RowPiece p, std::int64_t t) {
  return x.select(0, p.replica).slice(0, p.begin, p.end).select(1, t);
}

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
  at_step(hidden_before, p, 0).zero_();
  for (std::int64_t t = 0; t < steps; ++t) {
    const at::Tensor gates_t = at_step(gates, p, t);
    const at::Tensor cell_t = at_step(cell, p, t);
    if (t > 0) accumulate(products, at_step(hidden_before, p, t), recurrent, gates_t);
    kernels::LstmStep<T> step;
    step.gates = gates_t.mutable_data_ptr<T>();
    step.cell = cell_t.mutable_data_ptr<T>();
    step.cell_before = t > 0 ? step.cell - h : nullptr;
    step.hidden = at_step(hidden, p, t).mutable_data_ptr<T>();
    step.hidden_next =
        t + 1 < steps ? at_step(hidden_before, p, t + 1).mutable_data_ptr<T>() : nullptr;
    step.gates_stride = gates.stride(1);
    step.state_stride = cell.stride(1);
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
  for (std::int64_t t = steps - 1; t >= 0; --t) {
    const at::Tensor gates_t = at_step(gates, p, t);
    const at::Tensor cell_t = at_step(cell, p, t);
    kernels::LstmStepGradient<T> step;
    step.gates = gates_t.const_data_ptr<T>();
    step.cell = cell_t.const_data_ptr<T>();
    step.cell_before = t > 0 ? step.cell - h : nullptr;
    step.dhidden = at_step(dhidden, p, t).const_data_ptr<T>();
    step.dcell = dcell.mutable_data_ptr<T>();
    step.dgates = gates_t.mutable_data_ptr<T>();
    step.gates_stride = gates.stride(1);
    step.state_stride = cell.stride(1);
    kernels::lstm_cell_backward(step, p.end - p.begin, h);
    if (t > 0) accumulate(products, gates_t, recurrent, at_step(dhidden, p, t - 1));
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
                               const at::Tensor& cell, const at::Tensor& dhidden) {
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
