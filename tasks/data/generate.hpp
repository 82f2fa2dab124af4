//! Data sets of the tasks. The same (task settings, seed) gives the same sequences everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tasks/catalog/config.hpp"

namespace scanyard::data {

/// Target of a position that is not scored.
inline constexpr std::int32_t ignored_target = -100;

/// Sequences of equal length, row-major [count, length], aligned: targets[t] is asked for while
/// inputs[t] is read.
struct Sequences {
  std::int64_t count = 0;
  std::int64_t length = 0;
  std::vector<std::int32_t> inputs;
  std::vector<std::int32_t> targets;
};

struct TaskData {
  Sequences train;
  Sequences test;
};

/// How one task writes one sequence. To add a task: a file with one such row, and its name in
/// generate.cpp.
struct TaskGenerator {
  std::string_view name;  ///< of the catalog's row
  void (*write)(const catalog::ShapeConfig& shape, std::uint64_t seed, std::uint32_t instance,
                std::span<std::int32_t> input, std::span<std::int32_t> target);
};

TaskGenerator permutation_generator();
TaskGenerator selective_copying_generator();

/// All sequences of a run: instances 0..train-1 are trained on, the next `test` ones tested
/// (protocol.md 1.0). There is a generator for every task of the catalog, so this cannot fail for a
/// shape that parse_shape() returned.
TaskData generate(const catalog::ShapeConfig& shape, std::uint64_t seed);

}  // namespace scanyard::data
