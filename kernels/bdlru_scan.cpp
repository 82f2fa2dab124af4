#include "kernels/bdlru_scan.hpp"

#include "kernels/bdlru_scan_reference.hpp"
#include "kernels/scan_simd/table.hpp"

namespace scanyard::kernels {

template <class In, class T>
void bdlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, T* h,
                        Range range, Isa isa) {
  if (isa == Isa::reference) return reference::bdlru_scan_forward(gate, shape, z, v, h, range);
  gated_scans<In, T>(scans_of(isa)).bdlru_forward(gate, shape, z, v, h, range);
}

template <class In, class T>
void bdlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const T* h,
                         const T* dh, In* dz, In* dv, Range range, Isa isa) {
  if (isa == Isa::reference)
    return reference::bdlru_scan_backward(gate, shape, z, v, h, dh, dz, dv, range);
  gated_scans<In, T>(scans_of(isa)).bdlru_backward(gate, shape, z, v, h, dh, dz, dv, range);
}

template <class T>
void bdlru_plain_forward(const ScanShape& shape, const T* A, const T* x, const T* h0, T* h,
                         Range range, Isa isa) {
  if (isa == Isa::reference) return reference::bdlru_plain_forward(shape, A, x, h0, h, range);
  plain_scans<T>(scans_of(isa)).bdlru_forward(shape, A, x, h0, h, range);
}

template <class T>
void bdlru_plain_backward(const ScanShape& shape, const T* A, const T* h, const T* h0, const T* dh,
                          T* dA, T* dx, T* dh0, Range range, Isa isa) {
  if (isa == Isa::reference)
    return reference::bdlru_plain_backward(shape, A, h, h0, dh, dA, dx, dh0, range);
  plain_scans<T>(scans_of(isa)).bdlru_backward(shape, A, h, h0, dh, dA, dx, dh0, range);
}

template void bdlru_scan_forward(Gate, const ScanShape&, const float*, const float*, float*, Range,
                                 Isa);
template void bdlru_scan_forward(Gate, const ScanShape&, const double*, const double*, double*,
                                 Range, Isa);
template void bdlru_scan_forward(Gate, const ScanShape&, const Bf16*, const Bf16*, float*, Range,
                                 Isa);
template void bdlru_scan_backward(Gate, const ScanShape&, const float*, const float*, const float*,
                                  const float*, float*, float*, Range, Isa);
template void bdlru_scan_backward(Gate, const ScanShape&, const double*, const double*,
                                  const double*, const double*, double*, double*, Range, Isa);
template void bdlru_scan_backward(Gate, const ScanShape&, const Bf16*, const Bf16*, const float*,
                                  const float*, Bf16*, Bf16*, Range, Isa);
template void bdlru_plain_forward(const ScanShape&, const float*, const float*, const float*,
                                  float*, Range, Isa);
template void bdlru_plain_forward(const ScanShape&, const double*, const double*, const double*,
                                  double*, Range, Isa);
template void bdlru_plain_backward(const ScanShape&, const float*, const float*, const float*,
                                   const float*, float*, float*, float*, Range, Isa);
template void bdlru_plain_backward(const ScanShape&, const double*, const double*, const double*,
                                   const double*, double*, double*, double*, Range, Isa);

}  // namespace scanyard::kernels
