#include "tasks/training/golden/check.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

namespace scanyard::golden {
namespace {

/// A reference that is zero up to rounding has no scale of its own: entries below these count as
/// these, so that 0 against 1e-17 is no error.
constexpr double scale_min_fp64 = 1e-6;
constexpr double scale_min_fp32 = 1e-3;

at::ScalarType type_of(data::Dtype dtype) {
  switch (dtype) {
    case data::Dtype::f64:
      return at::kDouble;
    case data::Dtype::f32:
      return at::kFloat;
    case data::Dtype::bf16:
      return at::kBFloat16;
    case data::Dtype::i64:
      return at::kLong;
    case data::Dtype::i32:
      return at::kInt;
    case data::Dtype::u8:
      return at::kByte;
  }
  throw std::runtime_error("an unknown type of elements");
}

std::vector<double> doubles(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kCPU).to(at::kDouble).contiguous();
  return {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()};
}

double ratio_of(double actual, double expected, const Tolerance& tolerance) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (std::isnan(actual) || std::isnan(expected))
    return std::isnan(actual) == std::isnan(expected) ? 0 : infinity;
  if (actual == expected) return 0;
  const double allowed = tolerance.absolute + tolerance.relative * std::abs(expected);
  const double error = std::abs(actual - expected);
  return allowed > 0 && std::isfinite(error) ? error / allowed : infinity;
}

}  // namespace

std::vector<std::string> Check::names_after(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : file_->tensors) {
    if (name.starts_with(prefix)) names.push_back(name.substr(prefix.size()));
  }
  return names;
}

at::Tensor Check::input(const std::string& name) {
  const auto found = file_->tensors.find(name);
  if (found == file_->tensors.end())
    throw std::runtime_error(fmt::format("tensor '{}' is missing", name));
  covered_.insert(name);
  const data::Tensor& tensor = found->second;
  // from_blob wants a mutable pointer and an aligned one; the clone owns its own memory.
  void* const bytes = const_cast<std::byte*>(tensor.bytes.data());
  if (tensor.bytes.empty()) return at::empty(tensor.shape, type_of(tensor.dtype));
  return at::from_blob(bytes, tensor.shape, at::TensorOptions().dtype(type_of(tensor.dtype)))
      .clone();
}

void Check::record(const std::string& name, double ratio, std::string detail) {
  ++comparisons_;
  if (ratio > 1) ++failures_;
  if (ratio > worst_ || worst_name_.empty()) {
    worst_ = ratio;
    worst_name_ = name;
    worst_detail_ = std::move(detail);
  }
}

void Check::near(const std::string& name, const at::Tensor& actual, at::ScalarType type) {
  const bool wide = type == at::kDouble;
  double scale = wide ? scale_min_fp64 : scale_min_fp32;
  for (const double value : doubles(input(name))) {
    if (std::isfinite(value)) scale = std::max(scale, std::abs(value));
  }
  const double measured = entry_->fp32_error_measured.value_or(0);
  const double share = wide ? 1e-10 : std::max(1e-5, 10 * measured);
  within(name, actual, {.absolute = share * scale}, wide ? "fp64" : "fp32");
}

void Check::within(const std::string& name, const at::Tensor& actual, Tolerance tolerance,
                   std::string_view label) {
  const at::Tensor reference = input(name);
  if (actual.numel() != reference.numel()) {
    record(
        name, std::numeric_limits<double>::infinity(),
        fmt::format("{} has {} elements instead of {}", label, actual.numel(), reference.numel()));
    return;
  }
  const std::vector<double> expected = doubles(reference);
  const std::vector<double> got = doubles(actual);
  double worst = 0;
  std::size_t place = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double ratio = ratio_of(got[i], expected[i], tolerance);
    if (ratio > worst) {
      worst = ratio;
      place = i;
    }
  }
  const double allowed =
      expected.empty() ? 0 : tolerance.absolute + tolerance.relative * std::abs(expected[place]);
  std::string detail =
      fmt::format("{} error {:.2g}, allowed {:.2g}", label, worst * allowed, allowed);
  if (worst > 1)
    detail = fmt::format("{} {:.17g} instead of {:.17g} at element {}, allowed {:.2g}", label,
                         got[place], expected[place], place, allowed);
  record(name, worst, std::move(detail));
}

void Check::exact(const std::string& name, const at::Tensor& actual) {
  within(name, actual, {}, "integers");
}

void Check::holds(const std::string& what, bool condition) {
  record(what, condition ? 0 : std::numeric_limits<double>::infinity(),
         condition ? "holds" : "does not hold");
}

std::string Check::uncovered() const {
  std::map<std::string, int> groups;
  for (const auto& [name, unused] : file_->tensors) {
    if (covered_.contains(name)) continue;
    const auto dot = name.find('.');
    ++groups[dot == std::string::npos ? name : name.substr(0, dot) + ".*"];
  }
  std::string text;
  for (const auto& [group, count] : groups) {
    text += text.empty() ? "" : ", ";
    text += count == 1 ? group : fmt::format("{} ({})", group, count);
  }
  return text;
}

}  // namespace scanyard::golden
