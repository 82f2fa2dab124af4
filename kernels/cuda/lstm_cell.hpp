//! One step of an LSTM on a GPU between its recurrent products (kernels/lstm_cell.hpp), for `rows` =
//! R*B sequences of T steps and h units: arrays [rows, T, 4h] (gates) and [rows, T, h]; float32, what
//! products read is Factor (float or Bf16).
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

struct LstmStepShape {
  std::int64_t rows = 0, length = 0, units = 0, t = 0;
};

/// gates at t: in, the sums; out, the activated gates i, f, g, o. Writes cell and hidden at t, and
/// hidden_before at t + 1 (and zeros at 0 when t = 0).
template <class Factor>
Status lstm_cell_forward(const LstmStepShape& shape, float* gates, float* cell, Factor* hidden,
                         Factor* hidden_before, Stream stream);

/// dgates at t: the gradients of the gates' sums; may be gates where types agree. dhidden at t is
/// complete; dcell [rows, h]: in (but at the last step, where it counts as zero), the gradient of
/// c_t from step t + 1; out, of c_{t-1}.
template <class Factor>
Status lstm_cell_backward(const LstmStepShape& shape, const float* gates, const float* cell,
                          const float* dhidden, float* dcell, Factor* dgates, Stream stream);

}  // namespace scanyard::kernels::cuda
