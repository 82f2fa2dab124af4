#include "kernels/hlru_scan.hpp"

#include "kernels/hlru_scan_reference.hpp"
#include "kernels/scan_simd/table.hpp"

namespace scanyard::kernels {

template <class In, class T>
void hlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, T* y,
                       Range range, Isa isa) {
  if (isa == Isa::reference) return reference::hlru_scan_forward(gate, shape, z, v, y, range);
  gated_scans<In, T>(scans_of(isa)).hlru_forward(gate, shape, z, v, y, range);
}

template <class In, class T>
void hlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const T* y,
                        const T* dy, In* dz, In* dv, Range range, Isa isa) {
  if (isa == Isa::reference)
    return reference::hlru_scan_backward(gate, shape, z, v, y, dy, dz, dv, range);
  gated_scans<In, T>(scans_of(isa)).hlru_backward(gate, shape, z, v, y, dy, dz, dv, range);
}

template <class T>
void hlru_plain_forward(const ScanShape& shape, const T* a, const T* u, const T* past, T* y,
                        Range range, Isa isa) {
  if (isa == Isa::reference) return reference::hlru_plain_forward(shape, a, u, past, y, range);
  plain_scans<T>(scans_of(isa)).hlru_forward(shape, a, u, past, y, range);
}

template <class T>
void hlru_plain_backward(const ScanShape& shape, const T* a, const T* y, const T* past, const T* dy,
                         T* da, T* du, T* dpast, Range range, Isa isa) {
  if (isa == Isa::reference)
    return reference::hlru_plain_backward(shape, a, y, past, dy, da, du, dpast, range);
  plain_scans<T>(scans_of(isa)).hlru_backward(shape, a, y, past, dy, da, du, dpast, range);
}

template void hlru_scan_forward(Gate, const ScanShape&, const float*, const float*, float*, Range,
                                Isa);
template void hlru_scan_forward(Gate, const ScanShape&, const double*, const double*, double*,
                                Range, Isa);
template void hlru_scan_forward(Gate, const ScanShape&, const Bf16*, const Bf16*, float*, Range,
                                Isa);
template void hlru_scan_backward(Gate, const ScanShape&, const float*, const float*, const float*,
                                 const float*, float*, float*, Range, Isa);
template void hlru_scan_backward(Gate, const ScanShape&, const double*, const double*,
                                 const double*, const double*, double*, double*, Range, Isa);
template void hlru_scan_backward(Gate, const ScanShape&, const Bf16*, const Bf16*, const float*,
                                 const float*, Bf16*, Bf16*, Range, Isa);
template void hlru_plain_forward(const ScanShape&, const float*, const float*, const float*, float*,
                                 Range, Isa);
template void hlru_plain_forward(const ScanShape&, const double*, const double*, const double*,
                                 double*, Range, Isa);
template void hlru_plain_backward(const ScanShape&, const float*, const float*, const float*,
                                  const float*, float*, float*, float*, Range, Isa);
template void hlru_plain_backward(const ScanShape&, const double*, const double*, const double*,
                                  const double*, double*, double*, double*, Range, Isa);

}  // namespace scanyard::kernels
