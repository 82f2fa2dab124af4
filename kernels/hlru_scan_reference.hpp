//! H-LRU's recurrence written to be read; hlru_scan.hpp says what the arrays are.
#pragma once

#include "kernels/hlru_scan.hpp"

namespace scanyard::kernels::reference {

template <class In, class T>
void hlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, T* y,
                       Range range);

template <class In, class T>
void hlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const T* y,
                        const T* dy, In* dz, In* dv, Range range);

template <class T>
void hlru_plain_forward(const ScanShape& shape, const T* a, const T* u, const T* past, T* y,
                        Range range);

template <class T>
void hlru_plain_backward(const ScanShape& shape, const T* a, const T* y, const T* past, const T* dy,
                         T* da, T* du, T* dpast, Range range);

}  // namespace scanyard::kernels::reference
