//! Rows of the table for the scans.
#pragma once

#include "kernels/bdlru_scan.hpp"
#include "tests/kernels/ops/op_case.hpp"

namespace scanyard::kernels::test {

/// One scan with gates; In and T as in bdlru_scan.hpp.
template <class In, class T>
OpCase bdlru_case(Gate gate, const ScanShape& shape);
template <class In, class T>
OpCase hlru_case(Gate gate, const ScanShape& shape);

/// The scans alone.
template <class T>
OpCase bdlru_plain_case(const ScanShape& shape);
template <class T>
OpCase hlru_plain_case(const ScanShape& shape);

}  // namespace scanyard::kernels::test
