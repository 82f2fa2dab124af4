//! Learning curves as text that a SQL view can read: 12 characters an evaluation.
//!
//! A row holds up to `points_per_row_max` consecutive evaluations, so that epoch and step follow
//! from the row's first ones. Each number is three characters in base 95 (' ' = 0 ... '~' = 94):
//! train loss and perplexity - 1 as four significant digits with a power of ten (relative error at
//! most 5e-4), accuracies in units of 1/800000 (error at most 6.3e-7). Five rows of 64 fill a
//! 4 KiB page to 97 %, which makes 12.8 bytes an evaluation on disk.
//! The exact numbers that tables are made from are stored apart, in the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/records.hpp"

namespace scanyard::store {

inline constexpr std::size_t points_per_row_max = 64;
inline constexpr std::size_t bytes_per_point = 12;

/// One row of `curve` or `curve_open`.
struct PackedRow {
  std::int64_t first_epoch = 0;
  std::int64_t first_step = 0;
  std::int64_t step_stride = 0;  ///< optimiser steps of an epoch
  std::string points;
  std::size_t size() const { return points.size() / bytes_per_point; }
};

/// Adds a point to the row if it continues it: the next epoch, the next step of the same stride,
/// and space left. A row of one point takes the stride that the second one needs.
bool append_point(PackedRow& row, const EpochPoint& point);

/// Rows of a whole curve, in its order.
std::vector<PackedRow> pack_curve(std::span<const EpochPoint> curve);

/// Appends the row's points to `curve`. Numbers that were not finite come back as NaN or infinity.
/// A row of a damaged file (a character out of range) gives NaN, never a crash.
void unpack_row(std::int64_t first_epoch, std::int64_t first_step, std::int64_t step_stride,
                std::string_view points, std::vector<EpochPoint>& curve);

}  // namespace scanyard::store
