//! Axes that are given by their ends: {log: [1e-4, 1e-2], count: 5}, {linear: [16, 64], step: 16}.
#pragma once

#include <string>
#include <vector>

#include "common/spec/value.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {

/// The numbers of a range in rising or falling order, the ends exactly as written. For integers
/// every number is whole, and neighbours may be equal.
/// Errors: yaml.unknown_key, yaml.wrong_type; spec.bad_axis with what would be right.
Result<std::vector<double>> read_range(const std::string& source, const yaml::Node& node,
                                       const std::string& path, ValueType type);

}  // namespace scanyard::spec
