#include "common/spec/shape_cache.hpp"

namespace scanyard::spec {

Assignment assignment_of(const std::vector<ValueId>& values, std::size_t key_count,
                         const ValueTable& table) {
  Assignment assignment(key_count);
  for (std::size_t i = 0; i < key_count; ++i) {
    if (values[i] != unset) assignment[i] = table.value(values[i]);
  }
  return assignment;
}

Result<CompleteShape*> ShapeCache::complete(const Combination& combination) {
  const Names& names = document_.names;
  key_.clear();
  for (Slot slot = 0; slot < names.key_count(); ++slot) {
    const ValueId value = combination.values[slot];
    // Of a replica key only the presence matters.
    const ValueId part = names.is_replica(slot) ? ValueId(value != unset) : value;
    key_.append(reinterpret_cast<const char*>(&part), sizeof part);
  }
  if (const auto found = entries_.find(key_); found != entries_.end()) return found->second.get();

  const Vocabulary& vocabulary = names.vocabulary();
  Assignment assignment = assignment_of(combination.values, names.key_count(), document_.values);
  if (auto done = vocabulary.complete(assignment); !done) return propagate(done);
  auto shape = std::make_unique<CompleteShape>();
  shape->completed.resize(names.key_count(), unset);
  for (std::size_t i = 0; i < names.key_count(); ++i) {
    if (assignment[i]) shape->completed[i] = document_.values.intern(*assignment[i]);
  }
  for (std::size_t i = 0; i < vocabulary.derived().size(); ++i) {
    shape->derived.push_back(vocabulary.derive(i, assignment));
  }
  if (entries_.size() >= entries_max) entries_.clear();
  return entries_.emplace(key_, std::move(shape)).first->second.get();
}

}  // namespace scanyard::spec
