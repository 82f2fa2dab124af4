//! Reads the constructs that set values (`fixed`, `grid`, `zip`, `derive`, `seeds`) and those that
//! ask for them (`if`, `exclude`, `where`).
#pragma once

#include <string>

#include "common/spec/axis_values.hpp"
#include "common/spec/document.hpp"
#include "common/spec/grammar.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {

/// Each function adds to `settings` what one construct says.
/// Errors: yaml.*; spec.bad_value, bad_axis, bad_zip, set_twice, misplaced_seed, bad_expression,
/// unknown_name.
class SettingsReader {
 public:
  explicit SettingsReader(const ValueReader& reader) : reader_(reader) {}

  Result<void> read(Form form, const yaml::Node& node, Settings& settings) const;
  /// The axes of an `include`; here the seed may be named like any key.
  Result<Settings> read_include(const yaml::Node& node) const;
  Result<Condition> read_condition(const yaml::Node& node, const std::string& path) const;
  Result<std::shared_ptr<Expression>> read_expression(const yaml::Node& node,
                                                      const std::string& path,
                                                      ExpressionUse use) const;

 private:
  Result<void> read_fixed(const yaml::Node& node, Settings& settings) const;
  Result<void> read_grid(const yaml::Node& node, Settings& settings) const;
  Result<void> read_zip(const yaml::Node& node, Settings& settings) const;
  Result<void> read_zip_group(const yaml::Node& node, Settings& settings) const;
  Result<void> read_derive(const yaml::Node& node, Settings& settings) const;
  Result<void> read_seeds_axis(const yaml::Node& node, Settings& settings) const;

  Result<Slot> slot_of(const yaml::Entry& entry, const std::string& path) const;
  Result<Slot> settable_slot(const yaml::Entry& entry, const std::string& path) const;
  Result<void> check_new(const Settings& settings, Slot slot, int line) const;
  Result<void> expect_mapping(const yaml::Node& node, const std::string& path) const;

  ValueReader reader_;
};

}  // namespace scanyard::spec
