//! Every value that a spec names gets a small number, so that combinations are compared, copied and
//! written as numbers.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/spec/value.hpp"

namespace scanyard::spec {

/// Index into a ValueTable. Equal values (same type, same canonical text) have equal ids.
using ValueId = std::uint32_t;
inline constexpr ValueId unset = 0;

/// Grows only. Not thread-safe.
class ValueTable {
 public:
  ValueTable();

  ValueId intern(Value value);
  const Value& value(ValueId id) const { return entries_[id].value; }
  /// Canonical JSON.
  const std::string& json(ValueId id) const { return entries_[id].json; }
  /// What expressions see: the number itself, 0 or 1 for a boolean, the id for a text (texts are
  /// only ever compared).
  double number(ValueId id) const { return entries_[id].number; }

 private:
  struct Entry {
    Value value;
    std::string json;
    double number = 0;
  };
  std::vector<Entry> entries_;
  std::unordered_map<std::string, ValueId> ids_;  ///< by type and canonical text
};

}  // namespace scanyard::spec
