//! One golden file under check: its tensors, and the comparisons made so far.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/data/safetensors.hpp"
#include "tasks/training/golden/index.hpp"

namespace scanyard::golden {

/// Allowed difference of an element: absolute + relative * |reference|.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
};

/// Collects what a file's checker compares. A checker reads inputs, computes, and compares results;
/// tensors that it never names are reported as not covered. Throws std::runtime_error for a tensor
/// that is not there or a setting that makes no sense: one file's failure, caught at its edge.
class Check {
 public:
  Check(const IndexEntry& entry, const data::TensorFile& file,
        c10::Device device = c10::Device(c10::DeviceType::CPU))
      : entry_(&entry), file_(&file), device_(device) {}

  /// Where results are computed. A GPU has no float64: files then are checked in float32 only.
  c10::Device device() const { return device_; }
  bool has_float64() const { return device_.is_cpu(); }

  const nlohmann::json& config() const { return entry_->config; }
  const IndexEntry& entry() const { return *entry_; }
  bool has(const std::string& name) const { return file_->tensors.contains(name); }
  /// Names that start with `prefix`, without it.
  std::vector<std::string> names_after(std::string_view prefix) const;

  /// A tensor as it lies in the file; counts as covered.
  at::Tensor input(const std::string& name);

  /// The README's rule for results of two precisions: the error is measured against the largest
  /// entry of the reference. `type` is float64 or float32.
  void near(const std::string& name, const at::Tensor& actual, at::ScalarType type);
  /// Element by element; NaN equals NaN only. `label` says how it was computed ("fp32").
  void within(const std::string& name, const at::Tensor& actual, Tolerance tolerance,
              std::string_view label);
  /// Equal integers.
  void exact(const std::string& name, const at::Tensor& actual);
  /// A condition that is no tensor of the file.
  void holds(const std::string& what, bool condition);

  /// Largest error over its allowance; above 1 is a failure.
  double worst() const { return worst_; }
  const std::string& worst_name() const { return worst_name_; }
  const std::string& worst_detail() const { return worst_detail_; }
  std::int64_t comparisons() const { return comparisons_; }
  std::int64_t failures() const { return failures_; }
  /// Tensors that no comparison or input has named, grouped: "col.* (8)".
  std::string uncovered() const;

 private:
  void record(const std::string& name, double ratio, std::string detail);

  const IndexEntry* entry_;
  const data::TensorFile* file_;
  c10::Device device_;
  std::set<std::string> covered_;
  double worst_ = 0;
  std::string worst_name_;
  std::string worst_detail_;
  std::int64_t comparisons_ = 0;
  std::int64_t failures_ = 0;
};

}  // namespace scanyard::golden
