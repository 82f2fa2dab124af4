#include "common/spec/value_table.hpp"

#include <utility>

namespace scanyard::spec {

ValueTable::ValueTable() : entries_(1) {}

ValueId ValueTable::intern(Value value) {
  std::string json = canonical_text(value);
  std::string key = std::to_string(value.index()) + json;
  const auto [found, added] = ids_.try_emplace(std::move(key), ValueId(entries_.size()));
  if (!added) return found->second;
  double number = double(found->second);
  if (const auto* boolean = std::get_if<bool>(&value)) number = *boolean ? 1 : 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) number = double(*integer);
  if (const auto* real = std::get_if<double>(&value)) number = *real;
  entries_.push_back({std::move(value), std::move(json), number});
  return found->second;
}

}  // namespace scanyard::spec
