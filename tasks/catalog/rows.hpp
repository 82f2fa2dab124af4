//! The table of models and the table of tasks. To add one, write a file beside the others and add
//! its row in rows.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tasks/catalog/axes.hpp"
#include "tasks/catalog/config.hpp"

namespace scanyard::catalog {

/// A sequence mixer. Functions get a complete configuration and count one mixer layer.
struct ModelRow {
  std::string name;
  std::string doc;
  std::string published_name;  ///< in the paper's tables: "BD-LRU"
  std::vector<Axis> axes;      ///< its keys, beyond the common ones
  std::int64_t (*parameters)(const ShapeConfig&);
  std::int64_t (*state)(const ShapeConfig&);    ///< floats of the recurrent state
  double (*forward_flops)(const ShapeConfig&);  ///< per token, multiply-add = 2
  double (*saved_floats)(const ShapeConfig&);   ///< per token, kept for the backward pass
  /// Name of the model that is this one at these values, with the same keys; empty = none.
  std::string_view (*same_as)(const ShapeConfig&) = nullptr;
};

/// What is learned. Functions get a complete configuration.
struct TaskRow {
  std::string name;
  std::string doc;
  std::int64_t generator_version;  ///< raise it when the same seed gives other sequences
  std::vector<Axis> axes;
  std::int64_t (*vocab)(const ShapeConfig&);  ///< V, where it is not a key of its own
  Result<void> (*check)(const ShapeConfig&);  ///< catalog.impossible_shape
  /// (task, config) in the paper's tables, or nothing.
  std::optional<std::pair<std::string, std::string>> (*published)(const ShapeConfig&);
};

std::span<const ModelRow> models();
std::span<const TaskRow> tasks();
/// nullptr when there is none of that name.
const ModelRow* find_model(std::string_view name);
const TaskRow* find_task(std::string_view name);

// One function a file in models/ and tasks/.
ModelRow bdlru_row();
ModelRow hlru_row();
ModelRow lstm_row();
TaskRow permutation_row();
TaskRow selective_copying_row();

}  // namespace scanyard::catalog
