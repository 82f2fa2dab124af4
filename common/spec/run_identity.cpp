#include "common/spec/run_identity.hpp"

namespace scanyard::spec {
namespace {

/// {"batch":128,...}: the complete shape keys, sorted by name.
std::string shape_json(const SpecDocument& document, const CompleteShape& shape) {
  std::string json = "{";
  for (const Slot slot : document.names.by_name()) {
    if (document.names.is_helper(slot) || document.names.is_replica(slot)) continue;
    if (shape.completed[slot] == unset) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, document.names.name(slot));
    json += ':';
    json += document.values.json(shape.completed[slot]);
  }
  return json + '}';
}

}  // namespace

ValueId shown_value(const Names& names, const Combination& combination, const CompleteShape& shape,
                    Slot slot) {
  const ValueId asked = combination.values[slot];
  if (names.is_helper(slot)) return asked;
  const ValueId completed = shape.completed[slot];
  if (asked == unset || (completed == unset && names.is_replica(slot))) return completed;
  return asked;
}

RunIdentity::RunIdentity(const SpecDocument& document) : document_(document) {
  for (const Slot slot : document.names.by_name()) {
    if (!document.names.is_replica(slot)) continue;
    replica_slots_.push_back(slot);
    std::string label;
    append_json_string(label, document.names.name(slot));
    replica_labels_.push_back(label + ':');
  }
}

void RunIdentity::add_shape(CompleteShape& shape) {
  std::string json = shape_json(document_, shape);
  const RunId hash = Hasher().update(json).finish();
  const auto [found, added] = index_of_.try_emplace(hash, std::uint32_t(shapes_.size()));
  shape.index = found->second;
  if (!added) return;
  const Names& names = document_.names;
  ExpandedShape expanded;
  expanded.cost =
      names.vocabulary().cost(assignment_of(shape.completed, names.key_count(), document_.values));
  if (const auto i = names.derived("parameters")) expanded.parameters = shape.derived[*i];
  if (const auto i = names.derived("state")) expanded.state = shape.derived[*i];
  expanded.json = std::move(json);
  shapes_.push_back(std::move(expanded));
}

RunId RunIdentity::identify(const Combination& combination, CompleteShape& shape) {
  if (shape.index == CompleteShape::no_index) add_shape(shape);
  replica_json_.assign(1, '{');
  for (std::size_t i = 0; i < replica_slots_.size(); ++i) {
    const ValueId value = shown_value(document_.names, combination, shape, replica_slots_[i]);
    if (value == unset) continue;
    if (replica_json_.size() > 1) replica_json_ += ',';
    replica_json_ += replica_labels_[i];
    replica_json_ += document_.values.json(value);
  }
  replica_json_ += '}';
  if (prefix_shape_ != shape.index) {  // runs of one shape mostly come together
    prefix_ = Hasher();
    prefix_.update(shapes_[shape.index].json).update("\n");
    prefix_shape_ = shape.index;
  }
  hasher_ = prefix_;
  return hasher_.update(replica_json_).finish();
}

}  // namespace scanyard::spec
