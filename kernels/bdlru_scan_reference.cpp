#include "kernels/bdlru_scan_reference.hpp"

#include <vector>

#include "kernels/gate_row.hpp"

namespace scanyard::kernels::reference {
namespace {

using Index = std::int64_t;

/// Position of (chain, step, channel) in units of what one channel holds at one step.
Index at(const ScanShape& s, Index chain, Index t, Index channel) {
  return (chain * s.length + t) * s.channels + channel;
}

/// Calls body(chain, channel) for all of the range.
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

/// coefficients [m, m+1] of one block at one step.
template <class In, class T>
void coefficients(Gate gate, Index m, const In* z, T* wide, T* a) {
  for (Index i = 0; i < m * (m + 1); ++i)
    wide[i] = widen(z[i]);
  for (Index i = 0; i < m; ++i)
    gate_row_forward(gate, GateForm::selective, wide + i * (m + 1), a + i * (m + 1), m + 1);
}

}  // namespace

template <class In, class T>
void bdlru_scan_forward(Gate gate, const ScanShape& s, const In* z, const In* v, T* h,
                        Range range) {
  const Index m = s.m;
  auto wide = buffer<T>(m * (m + 1));
  auto a = buffer<T>(m * (m + 1));
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    const T* before = zeros.data();
    for (Index t = 0; t < s.length; ++t) {
      const Index here = at(s, chain, t, k);
      coefficients(gate, m, z + here * m * (m + 1), wide.data(), a.data());
      for (Index i = 0; i < m; ++i) {
        const T* row = &a[i * (m + 1)];
        T sum = row[m] * widen(v[here * m + i]);
        for (Index j = 0; j < m; ++j)
          sum += row[j] * before[j];
        h[here * m + i] = sum;
      }
      before = h + here * m;
    }
  });
}

template <class In, class T>
void bdlru_scan_backward(Gate gate, const ScanShape& s, const In* z, const In* v, const T* h,
                         const T* dh, In* dz, In* dv, Range range) {
  const Index m = s.m;
  const Index c = m + 1;
  auto wide = buffer<T>(m * c);
  auto a = buffer<T>(m * c);
  auto da = buffer<T>(m * c);
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    auto carry = buffer<T>(m);  // A_{t+1}^T u_{t+1}
    for (Index t = s.length - 1; t >= 0; --t) {
      const Index here = at(s, chain, t, k);
      const T* before = t > 0 ? h + at(s, chain, t - 1, k) * m : zeros.data();
      coefficients(gate, m, z + here * m * c, wide.data(), a.data());
      auto next_carry = buffer<T>(m);
      for (Index i = 0; i < m; ++i) {
        const T u = dh[here * m + i] + carry[i];
        const T value = widen(v[here * m + i]);
        for (Index j = 0; j < m; ++j) {
          next_carry[j] += a[i * c + j] * u;
          da[i * c + j] = u * before[j];
        }
        da[i * c + m] = u * value;
        dv[here * m + i] = narrow<In>(u * a[i * c + m]);
        gate_row_backward(gate, GateForm::selective, &wide[i * c], &a[i * c], &da[i * c],
                          &da[i * c], c);
      }
      for (Index i = 0; i < m * c; ++i)
        dz[here * m * c + i] = narrow<In>(da[i]);
      carry = std::move(next_carry);
    }
  });
}

template <class T>
void bdlru_plain_forward(const ScanShape& s, const T* A, const T* x, const T* h0, T* h,
                         Range range) {
  const Index m = s.m;
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    const T* before = h0 ? h0 + (chain * s.channels + k) * m : zeros.data();
    for (Index t = 0; t < s.length; ++t) {
      const Index here = at(s, chain, t, k);
      for (Index i = 0; i < m; ++i) {
        T sum = x[here * m + i];
        for (Index j = 0; j < m; ++j)
          sum += A[(here * m + i) * m + j] * before[j];
        h[here * m + i] = sum;
      }
      before = h + here * m;
    }
  });
}

template <class T>
void bdlru_plain_backward(const ScanShape& s, const T* A, const T* h, const T* h0, const T* dh,
                          T* dA, T* dx, T* dh0, Range range) {
  const Index m = s.m;
  for_each_channel(s, range, [&](Index chain, Index k) {
    const auto zeros = buffer<T>(m);
    auto carry = buffer<T>(m);
    const T* first = h0 ? h0 + (chain * s.channels + k) * m : zeros.data();
    for (Index t = s.length - 1; t >= 0; --t) {
      const Index here = at(s, chain, t, k);
      const T* before = t > 0 ? h + at(s, chain, t - 1, k) * m : first;
      auto next_carry = buffer<T>(m);
      for (Index i = 0; i < m; ++i) {
        const T u = dh[here * m + i] + carry[i];
        dx[here * m + i] = u;
        for (Index j = 0; j < m; ++j) {
          next_carry[j] += A[(here * m + i) * m + j] * u;
          dA[(here * m + i) * m + j] = u * before[j];
        }
      }
      carry = std::move(next_carry);
    }
    for (Index i = 0; dh0 && i < m; ++i)
      dh0[(chain * s.channels + k) * m + i] = carry[i];
  });
}

template void bdlru_scan_forward(Gate, const ScanShape&, const float*, const float*, float*, Range);
template void bdlru_scan_forward(Gate, const ScanShape&, const double*, const double*, double*,
                                 Range);
template void bdlru_scan_forward(Gate, const ScanShape&, const Bf16*, const Bf16*, float*, Range);
template void bdlru_scan_backward(Gate, const ScanShape&, const float*, const float*, const float*,
                                  const float*, float*, float*, Range);
template void bdlru_scan_backward(Gate, const ScanShape&, const double*, const double*,
                                  const double*, const double*, double*, double*, Range);
template void bdlru_scan_backward(Gate, const ScanShape&, const Bf16*, const Bf16*, const float*,
                                  const float*, Bf16*, Bf16*, Range);
template void bdlru_plain_forward(const ScanShape&, const float*, const float*, const float*,
                                  float*, Range);
template void bdlru_plain_forward(const ScanShape&, const double*, const double*, const double*,
                                  double*, Range);
template void bdlru_plain_backward(const ScanShape&, const float*, const float*, const float*,
                                   const float*, float*, float*, float*, Range);
template void bdlru_plain_backward(const ScanShape&, const double*, const double*, const double*,
                                   const double*, double*, double*, double*, Range);

}  // namespace scanyard::kernels::reference
