//! Keys of a configuration as building blocks: rows of models and tasks pick the ones that they
//! have.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/spec/vocabulary.hpp"

namespace scanyard::catalog {

/// A key together with the value that it gets when it is not given; no default = it must be given.
struct Axis {
  spec::Key key;
  std::optional<spec::Value> fallback;
};

/// An integer key of shape scope.
Axis integer_axis(std::string name, std::string doc, double minimum, double maximum,
                  std::optional<std::int64_t> fallback = std::nullopt);
/// A real key of replica scope.
Axis real_axis(std::string name, std::string doc, double minimum, double maximum,
               std::optional<double> fallback = std::nullopt);
/// A text key of shape scope with a fixed set of values.
Axis choice_axis(std::string name, std::string doc, std::vector<std::string> choices,
                 std::optional<std::string> fallback = std::nullopt);

// Keys that several rows share. One definition each, so that their meaning and range cannot drift
// apart.
Axis gate_axis();
Axis m_axis();
Axis hidden_axis();
Axis length_axis(std::int64_t fallback);
Axis train_axis(std::optional<std::int64_t> fallback = std::nullopt);
Axis test_axis();

/// Keys that every configuration has, whatever its model and task; `model` and `task` are not among
/// them.
const std::vector<Axis>& common_axes();

}  // namespace scanyard::catalog
