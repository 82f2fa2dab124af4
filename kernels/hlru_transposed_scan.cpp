#include "kernels/hlru_transposed_scan.hpp"

#include <vector>

#include "kernels/gate_row.hpp"

namespace scanyard::kernels {
namespace {

using Index = std::int64_t;

template <class T>
std::vector<T> buffer(Index count) {
  return std::vector<T>(static_cast<std::size_t>(count), T(0));
}

Index at(const ScanShape& s, Index chain, Index t, Index channel) {
  return (chain * s.length + t) * s.channels + channel;
}

template <class In, class T>
void coefficients(Gate gate, Index c, const In* z, T* wide, T* a) {
  for (Index j = 0; j < c; ++j)
    wide[j] = widen(z[j]);
  gate_row_forward(gate, GateForm::selective, wide, a, c);
}

}  // namespace

template <class In, class T>
void hlru_transposed_scan_forward(Gate gate, const ScanShape& s, const In* z, const In* v, T* y,
                                  Range range) {
  const Index m = s.m;
  auto wide = buffer<T>(m + 1), a = buffer<T>(m + 1);
  const auto zeros = buffer<T>(m);
  for (Index chain = range.begin; chain < range.end; ++chain) {
    for (Index k = 0; k < s.channels; ++k) {
      const T* before = zeros.data();
      for (Index t = 0; t < s.length; ++t) {
        const Index here = at(s, chain, t, k);
        coefficients(gate, m + 1, z + here * (m + 1), wide.data(), a.data());
        T* slots = y + here * m;
        for (Index i = 0; i < m; ++i)
          slots[i] = a[i] * before[0] + (i + 1 < m ? before[i + 1] : T(0));
        slots[0] += a[m] * widen(v[here]);
        before = slots;
      }
    }
  }
}

template <class In, class T>
void hlru_transposed_scan_backward(Gate gate, const ScanShape& s, const In* z, const In* v,
                                   const T* y, const T* dy, In* dz, In* dv, Range range) {
  const Index m = s.m;
  auto wide = buffer<T>(m + 1), a = buffer<T>(m + 1), da = buffer<T>(m + 1);
  for (Index chain = range.begin; chain < range.end; ++chain) {
    for (Index k = 0; k < s.channels; ++k) {
      auto carry = buffer<T>(m);  // what later steps ask of the slots
      for (Index t = s.length - 1; t >= 0; --t) {
        const Index here = at(s, chain, t, k);
        coefficients(gate, m + 1, z + here * (m + 1), wide.data(), a.data());
        const T newest = t > 0 ? y[at(s, chain, t - 1, k) * m] : T(0);
        auto slots = buffer<T>(m);  // gradient by s_t
        T first = 0;
        for (Index i = 0; i < m; ++i) {
          slots[i] = dy[here * m + i] + carry[i];
          da[i] = slots[i] * newest;
          first += a[i] * slots[i];
        }
        da[m] = slots[0] * widen(v[here]);
        dv[here] = narrow<In>(slots[0] * a[m]);
        carry[0] = first;
        for (Index i = 1; i < m; ++i)
          carry[i] = slots[i - 1];
        gate_row_backward(gate, GateForm::selective, wide.data(), a.data(), da.data(), da.data(),
                          m + 1);
        for (Index j = 0; j <= m; ++j)
          dz[here * (m + 1) + j] = narrow<In>(da[j]);
      }
    }
  }
}

#define SCANYARD_TRANSPOSED(In, T)                                                             \
  template void hlru_transposed_scan_forward(Gate, const ScanShape&, const In*, const In*, T*, \
                                             Range);                                           \
  template void hlru_transposed_scan_backward(Gate, const ScanShape&, const In*, const In*,    \
                                              const T*, const T*, In*, In*, Range)

SCANYARD_TRANSPOSED(float, float);
SCANYARD_TRANSPOSED(double, double);
SCANYARD_TRANSPOSED(Bf16, float);

}  // namespace scanyard::kernels
