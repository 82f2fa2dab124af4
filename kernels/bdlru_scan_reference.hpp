//! BD-LRU's recurrence written to be read; bdlru_scan.hpp says what the arrays are.
#pragma once

#include "kernels/bdlru_scan.hpp"

namespace scanyard::kernels::reference {

template <class In, class T>
void bdlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, T* h,
                        Range range);

template <class In, class T>
void bdlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const T* h,
                         const T* dh, In* dz, In* dv, Range range);

template <class T>
void bdlru_plain_forward(const ScanShape& shape, const T* A, const T* x, const T* h0, T* h,
                         Range range);

template <class T>
void bdlru_plain_backward(const ScanShape& shape, const T* A, const T* h, const T* h0, const T* dh,
                          T* dA, T* dx, T* dh0, Range range);

}  // namespace scanyard::kernels::reference
