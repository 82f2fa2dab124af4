#include "kernels/hlru_scan_reference.hpp"

#include <vector>

#include "kernels/gate_row.hpp"

namespace scanyard::kernels::reference {
namespace {

using Index = std::int64_t;

Index at(const ScanShape& s, Index chain, Index t, Index channel) {
  return (chain * s.length + t) * s.channels + channel;
}

template <class Body>
void for_each_channel(const ScanShape& s, Range range, Body body) {
  for (Index chain = range.begin; chain < range.end; ++chain) {
    for (Index channel = 0; channel < s.channels; ++channel)
      body(chain, channel);
  }
}

template <class T>
std::vector<T> buffer(Index count) {
  return std::vector<T>(static_cast<std::size_t>(count), T(0));
}

template <class In, class T>
void coefficients(Gate gate, Index c, const In* z, T* wide, T* a) {
  for (Index j = 0; j < c; ++j)
    wide[j] = widen(z[j]);
  gate_row_forward(gate, GateForm::selective, wide, a, c);
}

/// Puts the state that `input + sum a[i] lags[i]` gives into slot 0 of y and the lags behind it.
/// lags [m]: newest first.
template <class T>
void step(Index m, const T* a, T input, const T* lags, T* y) {
  T sum = input;
  for (Index i = 0; i < m; ++i)
    sum += a[i] * lags[i];
  for (Index i = m - 1; i > 0; --i)
    y[i] = lags[i - 1];
  y[0] = sum;
}

/// Gradients by the states, walking back in time: slot s holds what later steps ask of h_{t-s}.
template <class T>
class Pending {
 public:
  explicit Pending(Index m) : slots_(buffer<T>(m + 1)) {}

  /// Adds this step's own gradient and returns the complete one of h_t.
  T take(const T* dy) {
    for (std::size_t i = 0; i + 1 < slots_.size(); ++i)
      slots_[i] += dy[i];
    return slots_[0];
  }
  /// Hands u on to the lags, then moves one step back.
  void pass_on(T u, const T* a) {
    for (std::size_t i = 1; i < slots_.size(); ++i)
      slots_[i - 1] = slots_[i] + u * a[i - 1];
    slots_.back() = 0;
  }
  const T* slots() const { return slots_.data(); }

 private:
  std::vector<T> slots_;
};

}  // namespace

template <class In, class T>
void hlru_scan_forward(Gate gate, const ScanShape& s, const In* z, const In* v, T* y, Range range) {
  const Index m = s.m;
  auto wide = buffer<T>(m + 1);
  auto a = buffer<T>(m + 1);
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    const T* lags = zeros.data();
    for (Index t = 0; t < s.length; ++t) {
      const Index here = at(s, chain, t, k);
      coefficients(gate, m + 1, z + here * (m + 1), wide.data(), a.data());
      step(m, a.data(), T(a[m] * widen(v[here])), lags, y + here * m);
      lags = y + here * m;
    }
  });
}

template <class In, class T>
void hlru_scan_backward(Gate gate, const ScanShape& s, const In* z, const In* v, const T* y,
                        const T* dy, In* dz, In* dv, Range range) {
  const Index m = s.m;
  auto wide = buffer<T>(m + 1);
  auto a = buffer<T>(m + 1);
  auto da = buffer<T>(m + 1);
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    Pending<T> pending(m);
    for (Index t = s.length - 1; t >= 0; --t) {
      const Index here = at(s, chain, t, k);
      const T* lags = t > 0 ? y + at(s, chain, t - 1, k) * m : zeros.data();
      coefficients(gate, m + 1, z + here * (m + 1), wide.data(), a.data());
      const T u = pending.take(dy + here * m);
      for (Index i = 0; i < m; ++i)
        da[i] = u * lags[i];
      da[m] = u * widen(v[here]);
      dv[here] = narrow<In>(u * a[m]);
      pending.pass_on(u, a.data());
      gate_row_backward(gate, GateForm::selective, wide.data(), a.data(), da.data(), da.data(),
                        m + 1);
      for (Index j = 0; j <= m; ++j)
        dz[here * (m + 1) + j] = narrow<In>(da[j]);
    }
  });
}

template <class T>
void hlru_plain_forward(const ScanShape& s, const T* a, const T* u, const T* past, T* y,
                        Range range) {
  const Index m = s.m;
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    const T* lags = past ? past + (chain * s.channels + k) * m : zeros.data();
    for (Index t = 0; t < s.length; ++t) {
      const Index here = at(s, chain, t, k);
      step(m, a + here * m, u[here], lags, y + here * m);
      lags = y + here * m;
    }
  });
}

template <class T>
void hlru_plain_backward(const ScanShape& s, const T* a, const T* y, const T* past, const T* dy,
                         T* da, T* du, T* dpast, Range range) {
  const Index m = s.m;
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    const T* first = past ? past + (chain * s.channels + k) * m : zeros.data();
    Pending<T> pending(m);
    for (Index t = s.length - 1; t >= 0; --t) {
      const Index here = at(s, chain, t, k);
      const T* lags = t > 0 ? y + at(s, chain, t - 1, k) * m : first;
      const T gradient = pending.take(dy + here * m);
      du[here] = gradient;
      for (Index i = 0; i < m; ++i)
        da[here * m + i] = gradient * lags[i];
      pending.pass_on(gradient, a + here * m);
    }
    for (Index i = 0; dpast && i < m; ++i)
      dpast[(chain * s.channels + k) * m + i] = pending.slots()[i];
  });
}

template void hlru_scan_forward(Gate, const ScanShape&, const float*, const float*, float*, Range);
template void hlru_scan_forward(Gate, const ScanShape&, const double*, const double*, double*,
                                Range);
template void hlru_scan_forward(Gate, const ScanShape&, const Bf16*, const Bf16*, float*, Range);
template void hlru_scan_backward(Gate, const ScanShape&, const float*, const float*, const float*,
                                 const float*, float*, float*, Range);
template void hlru_scan_backward(Gate, const ScanShape&, const double*, const double*,
                                 const double*, const double*, double*, double*, Range);
template void hlru_scan_backward(Gate, const ScanShape&, const Bf16*, const Bf16*, const float*,
                                 const float*, Bf16*, Bf16*, Range);
template void hlru_plain_forward(const ScanShape&, const float*, const float*, const float*, float*,
                                 Range);
template void hlru_plain_forward(const ScanShape&, const double*, const double*, const double*,
                                 double*, Range);
template void hlru_plain_backward(const ScanShape&, const float*, const float*, const float*,
                                  const float*, float*, float*, float*, Range);
template void hlru_plain_backward(const ScanShape&, const double*, const double*, const double*,
                                  const double*, double*, double*, double*, Range);

}  // namespace scanyard::kernels::reference
