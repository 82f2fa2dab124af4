#include "coordinator/store/curve_packing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace scanyard::store {
namespace {

constexpr int base = 95;
constexpr int code_nan = base * base * base - 1;
constexpr int code_infinite = code_nan - 1;
constexpr double accuracy_units = 800'000;
/// A code above 0 is 1 + 9000 * (power - power_min) + (mantissa - 1000): mantissa * 10^power.
constexpr int power_min = -46;
constexpr int power_max = power_min + 94;

void put(std::string& text, int code) {
  text += static_cast<char>(' ' + code / (base * base));
  text += static_cast<char>(' ' + code / base % base);
  text += static_cast<char>(' ' + code % base);
}

int get(std::string_view text, std::size_t at) {
  int code = 0;
  for (std::size_t i = at; i < at + 3; ++i) {
    const int digit = text[i] - ' ';
    if (digit < 0 || digit >= base) return code_nan;
    code = code * base + digit;
  }
  return code;
}

int accuracy_code(double value) {
  if (!std::isfinite(value)) return code_nan;
  return static_cast<int>(std::lround(std::clamp(value, 0.0, 1.0) * accuracy_units));
}

double accuracy_value(int code) {
  if (code == code_nan) return std::numeric_limits<double>::quiet_NaN();
  return code / accuracy_units;
}

/// 10^power for the powers that the codes and their neighbours need; exact where a double can be.
double power_of_ten(int power) {
  return power >= 0 ? std::pow(10.0, power) : 1.0 / std::pow(10.0, -power);
}

int magnitude_code(double value) {
  if (std::isnan(value)) return code_nan;
  if (value <= 0) return 0;
  if (std::isinf(value)) return code_infinite;
  int power = static_cast<int>(std::floor(std::log10(value))) - 3;
  if (power > power_max) return code_infinite;
  if (power < power_min - 1) return 0;
  auto mantissa = std::lround(value / power_of_ten(power));
  // log10 may be off by one unit at a power of ten, and 9999.6 rounds to the next one.
  if (mantissa >= 10'000) {
    ++power;
    mantissa = std::lround(value / power_of_ten(power));
  } else if (mantissa < 1000) {
    --power;
    mantissa = std::min(9999L, std::lround(value / power_of_ten(power)));
  }
  if (power > power_max) return code_infinite;
  if (power < power_min) return 0;
  return 1 + 9000 * (power - power_min) + static_cast<int>(mantissa - 1000);
}

double magnitude_value(int code) {
  if (code == 0) return 0;
  if (code == code_infinite) return std::numeric_limits<double>::infinity();
  const int power = (code - 1) / 9000 + power_min;
  if (code == code_nan || power > power_max) return std::numeric_limits<double>::quiet_NaN();
  const int mantissa = (code - 1) % 9000 + 1000;
  return power >= 0 ? mantissa * power_of_ten(power) : mantissa / power_of_ten(-power);
}

void put_point(std::string& text, const EpochPoint& point) {
  put(text, magnitude_code(point.train_loss));
  put(text, accuracy_code(point.test_accuracy));
  put(text, accuracy_code(point.test_micro_accuracy));
  put(text, magnitude_code(point.test_perplexity - 1));
}

/// What one epoch takes if the curve began at step 0; right for every run that was not resumed.
std::int64_t likely_stride(const EpochPoint& point) {
  return point.epoch > 0 ? point.step / point.epoch : 0;
}

}  // namespace

bool append_point(PackedRow& row, const EpochPoint& point) {
  const std::size_t size = row.size();
  if (size == 0) {
    row.first_epoch = point.epoch;
    row.first_step = point.step;
    row.step_stride = likely_stride(point);
  } else {
    const auto count = static_cast<std::int64_t>(size);
    if (size == points_per_row_max || point.epoch != row.first_epoch + count) return false;
    if (size == 1) row.step_stride = point.step - row.first_step;
    if (point.step != row.first_step + count * row.step_stride) return false;
  }
  put_point(row.points, point);
  return true;
}

std::vector<PackedRow> pack_curve(std::span<const EpochPoint> curve) {
  std::vector<PackedRow> rows;
  for (const auto& point : curve) {
    if (!rows.empty() && append_point(rows.back(), point)) continue;
    append_point(rows.emplace_back(), point);
  }
  return rows;
}

void unpack_row(std::int64_t first_epoch, std::int64_t first_step, std::int64_t step_stride,
                std::string_view points, std::vector<EpochPoint>& curve) {
  for (std::size_t i = 0; i < points.size() / bytes_per_point; ++i) {
    const std::size_t at = i * bytes_per_point;
    const auto index = static_cast<std::int64_t>(i);
    EpochPoint point;
    point.epoch = static_cast<std::int32_t>(first_epoch + index);
    point.step = first_step + index * step_stride;
    point.train_loss = magnitude_value(get(points, at));
    point.test_accuracy = accuracy_value(get(points, at + 3));
    point.test_micro_accuracy = accuracy_value(get(points, at + 6));
    point.test_perplexity = 1 + magnitude_value(get(points, at + 9));
    curve.push_back(point);
  }
}

}  // namespace scanyard::store
