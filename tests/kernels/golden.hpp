//! Golden tensors for kernel tests, and comparison under the tolerances of
//! tests/golden/data/README.md.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tasks/data/safetensors.hpp"

namespace scanyard::kernels::test {

class Golden {
 public:
  explicit Golden(const std::string& name) {
    auto file =
        data::read_safetensors(std::string(SCANYARD_SOURCE_DIR "/tests/golden/data/") + name);
    if (!file) throw std::runtime_error(file.error().to_string());
    file_ = std::move(*file);
  }
  bool has(const std::string& tensor) const { return file_.tensors.contains(tensor); }
  const std::vector<std::int64_t>& shape(const std::string& tensor) const {
    return file_.tensors.at(tensor).shape;
  }
  const data::TensorFile& file() const { return file_; }

  /// The tensor rounded to T.
  template <class T>
  std::vector<T> get(const std::string& tensor) const {
    const auto doubles = file_.tensors.at(tensor).to_doubles();
    return {doubles.begin(), doubles.end()};
  }

 private:
  data::TensorFile file_;
};

/// 1e-10 in double, 1e-5 in float, relative to the largest entry.
template <class T>
constexpr double golden_tolerance = sizeof(T) == 8 ? 1e-10 : 1e-5;

/// Largest |actual - expected| over the largest |expected|; infinity where only one of the two is
/// NaN. Tensors whose largest entry is below `scale_min` are compared relative to that: 0 against
/// 1e-17 is no error.
template <class T, class U>
double relative_error(const std::vector<T>& actual, const std::vector<U>& expected,
                      double scale_min = 1e-3) {
  if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double error = 0;
  double largest = scale_min;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double a = double(actual[i]);
    const double e = double(expected[i]);
    if (std::isnan(a) != std::isnan(e)) return std::numeric_limits<double>::infinity();
    if (std::isnan(a)) continue;
    error = std::max(error, std::abs(a - e));
    largest = std::max(largest, std::abs(e));
  }
  return error / largest;
}

}  // namespace scanyard::kernels::test
