//! The vectorised scans of one build, as function pointers: what bdlru_scan.cpp and hlru_scan.cpp
//! choose from.
#pragma once

#include "kernels/bdlru_scan.hpp"

namespace scanyard::kernels {

/// Arguments as in bdlru_scan.hpp and hlru_scan.hpp.
template <class In, class T>
struct GatedScans {
  void (*bdlru_forward)(Gate, const ScanShape&, const In* z, const In* v, T* h, Range);
  void (*bdlru_backward)(Gate, const ScanShape&, const In* z, const In* v, const T* h, const T* dh,
                         In* dz, In* dv, Range);
  void (*hlru_forward)(Gate, const ScanShape&, const In* z, const In* v, T* y, Range);
  void (*hlru_backward)(Gate, const ScanShape&, const In* z, const In* v, const T* y, const T* dy,
                        In* dz, In* dv, Range);
};

template <class T>
struct PlainScans {
  void (*bdlru_forward)(const ScanShape&, const T* A, const T* x, const T* h0, T* h, Range);
  void (*bdlru_backward)(const ScanShape&, const T* A, const T* h, const T* h0, const T* dh, T* dA,
                         T* dx, T* dh0, Range);
  void (*hlru_forward)(const ScanShape&, const T* a, const T* u, const T* past, T* y, Range);
  void (*hlru_backward)(const ScanShape&, const T* a, const T* y, const T* past, const T* dy, T* da,
                        T* du, T* dpast, Range);
};

/// What is compiled apart from the scans in float, so that no file takes long.
struct OtherScans {
  GatedScans<double, double> gated_double;
  GatedScans<Bf16, float> gated_bf16;
  PlainScans<float> plain_float;
  PlainScans<double> plain_double;
};

/// Everything of one build.
struct ScanTable {
  GatedScans<float, float> gated_float;
  OtherScans other;
  void (*exp_nonpositive)(const float* x, float* y, std::int64_t n);
  void (*tanh)(const float* x, float* y, std::int64_t n);
};

OtherScans baseline_other_scans();
OtherScans avx2_other_scans();
OtherScans avx512_other_scans();
const ScanTable& baseline_scans();
const ScanTable& avx2_scans();
const ScanTable& avx512_scans();

/// The table of a build other than `reference`, which this machine must support.
const ScanTable& scans_of(Isa isa);

template <class In, class T>
const GatedScans<In, T>& gated_scans(const ScanTable& table) {
  if constexpr (sizeof(In) == 2)
    return table.other.gated_bf16;
  else if constexpr (sizeof(In) == 4)
    return table.gated_float;
  else
    return table.other.gated_double;
}

template <class T>
const PlainScans<T>& plain_scans(const ScanTable& table) {
  if constexpr (sizeof(T) == 4)
    return table.other.plain_float;
  else
    return table.other.plain_double;
}

}  // namespace scanyard::kernels
