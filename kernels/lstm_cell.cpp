#include "kernels/lstm_cell.hpp"

#include "kernels/simd.hpp"

namespace scanyard::kernels {
namespace {

template <class T>
SCANYARD_INLINE void forward(const LstmStep<T>& step, std::int64_t n, std::int64_t h) {
  for (std::int64_t row = 0; row < n; ++row) {
    T* const gates = step.gates + row * step.gates_stride;
    const std::int64_t at = row * step.state_stride;
    T* const cell = step.cell + at;
    T* const hidden = step.hidden + at;
    SCANYARD_SIMD
    for (std::int64_t k = 0; k < 2 * h; ++k)
      gates[k] = sigmoid_of(gates[k]);
    SCANYARD_SIMD
    for (std::int64_t k = 2 * h; k < 3 * h; ++k)
      gates[k] = tanh_of(gates[k]);
    SCANYARD_SIMD
    for (std::int64_t k = 3 * h; k < 4 * h; ++k)
      gates[k] = sigmoid_of(gates[k]);
    if (step.cell_before != nullptr) {
      const T* const before = step.cell_before + at;
      SCANYARD_SIMD
      for (std::int64_t k = 0; k < h; ++k)
        cell[k] = gates[h + k] * before[k] + gates[k] * gates[2 * h + k];
    } else {
      SCANYARD_SIMD
      for (std::int64_t k = 0; k < h; ++k)
        cell[k] = gates[k] * gates[2 * h + k];
    }
    SCANYARD_SIMD
    for (std::int64_t k = 0; k < h; ++k)
      hidden[k] = gates[3 * h + k] * tanh_of(cell[k]);
    if (step.hidden_next == nullptr) continue;
    std::memcpy(step.hidden_next + at, hidden, sizeof(T) * static_cast<std::size_t>(h));
  }
}

template <class T>
SCANYARD_INLINE void backward(const LstmStepGradient<T>& step, std::int64_t n, std::int64_t h) {
  for (std::int64_t row = 0; row < n; ++row) {
    const T* const gates = step.gates + row * step.gates_stride;
    T* const dgates = step.dgates + row * step.gates_stride;
    const std::int64_t at = row * step.state_stride;
    const T* const cell = step.cell + at;
    const T* const before = step.cell_before == nullptr ? nullptr : step.cell_before + at;
    const T* const dhidden = step.dhidden + at;
    T* const dcell = step.dcell + row * h;
    SCANYARD_SIMD
    for (std::int64_t k = 0; k < h; ++k) {
      const T i = gates[k], f = gates[h + k], g = gates[2 * h + k], o = gates[3 * h + k];
      const T squashed = tanh_of(cell[k]);
      const T dc = dcell[k] + dhidden[k] * o * (T(1) - squashed * squashed);
      const T earlier = before == nullptr ? T(0) : before[k];
      dgates[k] = dc * g * i * (T(1) - i);
      dgates[h + k] = dc * earlier * f * (T(1) - f);
      dgates[2 * h + k] = dc * i * (T(1) - g * g);
      dgates[3 * h + k] = dhidden[k] * squashed * o * (T(1) - o);
      dcell[k] = dc * f;
    }
  }
}

SCANYARD_CLONES void forward_float(const LstmStep<float>& step, std::int64_t n, std::int64_t h) {
  forward(step, n, h);
}
SCANYARD_CLONES void backward_float(const LstmStepGradient<float>& step, std::int64_t n,
                                    std::int64_t h) {
  backward(step, n, h);
}

}  // namespace

template <>
void lstm_cell_forward(const LstmStep<float>& step, std::int64_t n, std::int64_t h) {
  forward_float(step, n, h);
}
template <>
void lstm_cell_forward(const LstmStep<double>& step, std::int64_t n, std::int64_t h) {
  forward(step, n, h);
}
template <>
void lstm_cell_backward(const LstmStepGradient<float>& step, std::int64_t n, std::int64_t h) {
  backward_float(step, n, h);
}
template <>
void lstm_cell_backward(const LstmStepGradient<double>& step, std::int64_t n, std::int64_t h) {
  backward(step, n, h);
}

}  // namespace scanyard::kernels
