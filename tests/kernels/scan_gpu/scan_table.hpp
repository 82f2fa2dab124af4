//! The rows, and what is checked of each.
#pragma once

#include <string>
#include <vector>

#include "tests/kernels/scan_gpu/scan_row.hpp"

namespace scanyard::kernels::test {

/// Every op, block size, gate and type; lengths and channels that leave remainders everywhere.
/// `small`: few rows, for sanitizers and the emulator.
std::vector<ScanRow> scan_rows(bool small);

/// Values and gradients against the reference in float64. "" where right.
std::string check_values(const ScanRow& row);
/// Gradients against central differences of the reference's forward pass, at a few places.
std::string check_differences(const ScanRow& row);
/// The same bits again, alone, in shifted arrays, and with other tunings.
std::string check_determinism(const ScanRow& row);

}  // namespace scanyard::kernels::test
