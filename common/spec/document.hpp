//! A spec as it stands in its file: parsed and typed, nothing combined yet.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/spec/expression.hpp"
#include "common/spec/names.hpp"
#include "common/spec/selection.hpp"
#include "common/spec/value_table.hpp"

namespace scanyard::spec {

/// `key: value` under `fixed`, or from a preset.
struct FixedValue {
  Slot slot = 0;
  int line = 0;
  ValueId value = unset;
};

/// One key of `grid`, or one mapping of `zip`: points of one or more slots that change together.
struct AxisGroup {
  int line = 0;
  std::vector<Slot> slots;
  std::vector<ValueId> values;  ///< points of slots.size() values each

  std::size_t size() const { return values.size() / slots.size(); }
  bool has(Slot slot) const;
};

/// `key: expression` under `derive`.
struct Derivation {
  Slot target = 0;
  int line = 0;
  std::shared_ptr<Expression> expression;
};

/// What `fixed`, `grid`, `zip`, `derive` and `seeds` of one place say.
struct Settings {
  std::vector<FixedValue> fixed;
  std::vector<AxisGroup> axes;
  std::vector<Derivation> derivations;

  /// Line in which a slot is set, or nothing.
  std::optional<int> line_of(Slot slot) const;
};

/// A condition: all of `equals`, and the expression where there is one.
struct Condition {
  struct OneOf {
    Slot slot = 0;
    std::vector<ValueId> values;
  };
  std::vector<OneOf> equals;
  std::shared_ptr<Expression> expression;
};

/// What occurs once in the file although several blocks may share it; `id` counts what it meets.
struct When {
  std::size_t id = 0;
  int line = 0;
  Condition condition;
  Settings settings;
};
struct Constraint {
  std::size_t id = 0;
  int line = 0;
  std::shared_ptr<Expression> expression;
};
struct Exclude {
  std::size_t id = 0;
  int line = 0;
  Condition condition;
};
struct Include {
  int line = 0;
  Settings settings;  ///< axes only
};

/// One block, or the part of a file that all its blocks share.
struct BlockSpec {
  std::string name;
  int line = 1;
  Settings settings;
  std::vector<When> whens;
  std::vector<Constraint> constraints;
  std::vector<Exclude> excludes;
  std::vector<Include> includes;
};

struct SpecDocument {
  std::string source;
  Names names;
  ValueTable values;

  std::string name;
  std::string description;
  const Preset* preset = nullptr;
  std::vector<FixedValue> preset_values;
  Selection selection;
  TableLayout layout;
  int table_line = 1;
  std::optional<std::uint64_t> limit;
  int limit_line = 1;
  BlockSpec shared;
  std::vector<BlockSpec> blocks;  ///< empty: the shared part is the one block
  std::size_t ids = 0;            ///< of whens, constraints and excludes
};

}  // namespace scanyard::spec
