//! The elementwise operations of a training step on a GPU: SwiGLU, embedding, the LSTM cell, AdamW.
//! Formulas and letters: kernels/swiglu.hpp, embedding.hpp, lstm_cell.hpp and adamw.hpp, with a
//! leading replica axis R; float32.
#pragma once

#include <cstdint>

#include "kernels/adamw.hpp"
#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

/// s = silu(a) b. ab [rows, 2F], s [rows, F].
Status swiglu_forward(const float* ab, float* s, std::int64_t rows, std::int64_t inner,
                      Stream stream);
/// dab may be ab itself.
Status swiglu_backward(const float* ab, const float* ds, float* dab, std::int64_t rows,
                       std::int64_t inner, Stream stream);

struct EmbeddingShape {
  std::int64_t replicas = 0, tokens = 0, vocab = 0, features = 0;
};
/// x[r, n] = table[r, ids[r, n]].
Status embedding_forward(const EmbeddingShape& shape, const std::int32_t* ids, const float* table,
                         float* x, Stream stream);
/// dtable[r, v] = sum over tokens n with that id, in order of n.
Status embedding_backward(const EmbeddingShape& shape, const std::int32_t* ids, const float* dx,
                          float* dtable, Stream stream);

/// One step t of an LSTM for `rows` = R*B sequences of T steps and h units; arrays [rows, T, 4h]
/// and [rows, T, h].
struct LstmStepShape {
  std::int64_t rows = 0, length = 0, units = 0, t = 0;
};
/// gates at t: in, what input and biases add; out, the activated gates. recurrent [rows, 4h]:
/// h_{t-1} w^T, nullptr at the first step. Writes cell and hidden at t and hidden_before at t+1
/// (and zeros at 0 when t = 0).
Status lstm_cell_forward(const LstmStepShape& shape, float* gates, const float* recurrent,
                         float* cell, float* hidden, float* hidden_before, Stream stream);
/// gates at t: in, activated; out, gradients of their sums. dhidden at t is complete; dcell [rows,
/// h]: in, the gradient of c_t from step t+1; out, of c_{t-1}.
Status lstm_cell_backward(const LstmStepShape& shape, float* gates, const float* cell,
                          const float* dhidden, float* dcell, Stream stream);

/// Replicas that one adamw_step() takes.
inline constexpr int adamw_replicas_max = 64;
/// Updates `replicas` rows of P parameters, row r with scalars[r] (host memory, copied into the
/// launch).
Status adamw_step(const AdamwScalars* scalars, int replicas, std::int64_t parameters,
                  const float* g, float* p, float* m, float* v, Stream stream);

}  // namespace scanyard::kernels::cuda
