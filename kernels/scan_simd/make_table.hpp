//! Builds a ScanTable out of the templates. Included as lanes.hpp is.
#pragma once

#include "kernels/scan_simd/bdlru.hpp"
#include "kernels/scan_simd/hlru.hpp"
#include "kernels/scan_simd/table.hpp"

namespace scanyard::kernels {
namespace {

template <class In, class T>
GatedScans<In, T> make_gated() {
  return {
      [](Gate gate, const ScanShape& s, const In* z, const In* v, T* h, Range range) {
        bdlru_forward<In, T, true>({gate, s, z, v, nullptr, h}, range);
      },
      [](Gate gate, const ScanShape& s, const In* z, const In* v, const T* h, const T* dh, In* dz,
         In* dv, Range range) {
        bdlru_backward<In, T, true>({gate, s, z, v, nullptr, h, dh, dz, dv, nullptr}, range);
      },
      [](Gate gate, const ScanShape& s, const In* z, const In* v, T* y, Range range) {
        hlru_forward<In, T, true>({gate, s, z, v, nullptr, y}, range);
      },
      [](Gate gate, const ScanShape& s, const In* z, const In* v, const T* y, const T* dy, In* dz,
         In* dv, Range range) {
        hlru_backward<In, T, true>({gate, s, z, v, nullptr, y, dy, dz, dv, nullptr}, range);
      },
  };
}

template <class T>
PlainScans<T> make_plain() {
  constexpr Gate none = Gate::no_norm;
  return {
      [](const ScanShape& s, const T* A, const T* x, const T* h0, T* h, Range range) {
        bdlru_forward<T, T, false>({none, s, A, x, h0, h}, range);
      },
      [](const ScanShape& s, const T* A, const T* h, const T* h0, const T* dh, T* dA, T* dx, T* dh0,
         Range range) {
        bdlru_backward<T, T, false>({none, s, A, h, h0, h, dh, dA, dx, dh0}, range);
      },
      [](const ScanShape& s, const T* a, const T* u, const T* past, T* y, Range range) {
        hlru_forward<T, T, false>({none, s, a, u, past, y}, range);
      },
      [](const ScanShape& s, const T* a, const T* y, const T* past, const T* dy, T* da, T* du,
         T* dpast, Range range) {
        hlru_backward<T, T, false>({none, s, a, y, past, y, dy, da, du, dpast}, range);
      },
  };
}

/// Applies f to n numbers, a vector at a time.
template <class F>
SCANYARD_LANES_INLINE void map(const float* x, float* y, std::int64_t n, F f) {
  for (std::int64_t i = 0; i < n; i += W) {
    const auto count = std::size_t(n - i < W ? n - i : W) * sizeof(float);
    VecF lanes{};
    std::memcpy(&lanes, x + i, count);
    lanes = f(lanes);
    std::memcpy(y + i, &lanes, count);
  }
}

[[maybe_unused]] OtherScans make_other_scans() {
  return {make_gated<double, double>(), make_gated<Bf16, float>(), make_plain<float>(),
          make_plain<double>()};
}

[[maybe_unused]] ScanTable make_scan_table(const OtherScans& other) {
  return {
      make_gated<float, float>(),
      other,
      [](const float* x, float* y, std::int64_t n) {
        map(x, y, n, [](VecF v) { return exp_nonpositive(v); });
      },
      [](const float* x, float* y, std::int64_t n) {
        map(x, y, n, [](VecF v) { return tanh_of(v); });
      },
  };
}

}  // namespace
}  // namespace scanyard::kernels
