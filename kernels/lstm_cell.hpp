//! One step of an LSTM's elementwise part (PyTorch's gate order i, f, g, o), for n sequences of h
//! units: the matrix products around it are the caller's. Sequences lie `stride` steps apart, so
//! that the kernel works in place on tensors [B, T, ...] at one t.
//! T is float or double. Threads: none inside.
#pragma once

#include <cstdint>

namespace scanyard::kernels {

/// Where one step's values lie: first sequence, and from one sequence to the next in elements.
template <class T>
struct LstmStep {
  T* gates;                   ///< 4h values: before forward the sums, after it the activated gates
  T* cell;                    ///< c_t, h values
  const T* cell_before;       ///< c_{t-1}; nullptr at the first step, meaning zeros
  T* hidden;                  ///< h_t, h values
  T* hidden_next;             ///< h_t again as the next step's input; nullptr at the last step
  std::int64_t gates_stride;  ///< of gates
  std::int64_t state_stride;  ///< of everything else
};

template <class T>
void lstm_cell_forward(const LstmStep<T>& step, std::int64_t n, std::int64_t h);

template <class T>
struct LstmStepGradient {
  const T* gates;        ///< activated gates of this step
  const T* cell;         ///< c_t
  const T* cell_before;  ///< c_{t-1}; nullptr at the first step
  const T* dhidden;      ///< gradient of h_t, complete
  T* dcell;              ///< [n, h]: in, gradient of c_t from the later step; out, of c_{t-1}
  T* dgates;             ///< gradients of the sums; may be `gates` itself
  std::int64_t gates_stride;
  std::int64_t state_stride;  ///< of cell, cell_before and dhidden; dcell is contiguous
};

template <class T>
void lstm_cell_backward(const LstmStepGradient<T>& step, std::int64_t n, std::int64_t h);

}  // namespace scanyard::kernels
