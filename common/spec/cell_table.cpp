#include "common/spec/cell_table.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "common/hash.hpp"
#include "common/spec/run_identity.hpp"

namespace scanyard::spec {
namespace {

void visit_derivations(const SpecDocument& document, auto&& visit) {
  const auto of_settings = [&](const Settings& settings) {
    for (const auto& derivation : settings.derivations)
      visit(derivation);
  };
  const auto of_block = [&](const BlockSpec& block) {
    of_settings(block.settings);
    for (const auto& when : block.whens)
      of_settings(when.settings);
  };
  of_block(document.shared);
  for (const auto& block : document.blocks)
    of_block(block);
}

/// The slots that a cell holds several values of: the selection's keys, what is derived from them,
/// and helpers that decide nothing else.
std::set<Slot> slots_within_cells(const SpecDocument& document) {
  std::set<Slot> within;
  for (const auto* list : {&document.selection.maximise, &document.selection.average}) {
    for (const auto& name : *list)
      within.insert(*document.names.slot(name));
  }
  const std::set<Slot> selected = within;
  const auto uses = [](const Derivation& derivation, const std::set<Slot>& slots) {
    const auto inputs = slots_of(*derivation.expression);
    return std::any_of(inputs.begin(), inputs.end(), [&](Slot s) { return slots.contains(s); });
  };
  for (std::size_t before = 0; before != within.size();) {
    before = within.size();
    visit_derivations(document, [&](const Derivation& derivation) {
      if (uses(derivation, within)) within.insert(derivation.target);
    });
  }
  // A helper belongs to the cell exactly when something that is derived from it does. Names of keys
  // come first, so later helpers can depend on earlier ones only through further rounds.
  std::set<Slot> needed;
  for (std::size_t round = 0; round <= document.names.slot_count(); ++round) {
    visit_derivations(document, [&](const Derivation& derivation) {
      const bool helper = document.names.is_helper(derivation.target);
      const bool visible =
          helper ? needed.contains(derivation.target) : !within.contains(derivation.target);
      if (!visible) return;
      for (const Slot slot : slots_of(*derivation.expression))
        needed.insert(slot);
    });
  }
  for (Slot slot = Slot(document.names.key_count()); slot < document.names.slot_count(); ++slot) {
    if (!needed.contains(slot)) within.insert(slot);
  }
  return within;
}

}  // namespace

CellTable::CellTable(const SpecDocument& document)
    : document_(document), state_index_(document.names.derived("state").value_or(~std::size_t{0})) {
  const auto within = slots_within_cells(document);
  for (const Slot slot : document.names.by_name()) {
    if (!within.contains(slot)) slots_.push_back(slot);
  }
}

bool CellTable::has(Slot slot) const {
  return std::find(slots_.begin(), slots_.end(), slot) != slots_.end();
}

bool CellTable::is_used(Slot slot) const {
  const auto at = std::find(slots_.begin(), slots_.end(), slot);
  if (at == slots_.end()) return false;
  const auto column = std::size_t(at - slots_.begin());
  return std::any_of(keys_.begin(), keys_.end(),
                     [&](const auto& key) { return key[column] != unset; });
}

std::uint32_t CellTable::add(const Combination& combination, const CompleteShape& shape) {
  bool same = !cells_.empty();
  key_.resize(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const ValueId value = shown_value(document_.names, combination, shape, slots_[i]);
    same = same && key_[i] == value;
    key_[i] = value;
  }
  if (!same) {
    const std::string_view bytes(reinterpret_cast<const char*>(key_.data()),
                                 key_.size() * sizeof(ValueId));
    const auto [found, added] =
        index_of_.try_emplace(Hasher().update(bytes).finish(), std::uint32_t(cells_.size()));
    last_ = added ? new_cell(combination, shape) : found->second;
  }
  const double state = state_index_ < shape.derived.size() ? shape.derived[state_index_] : 0;
  if (cells_[last_].state != state) cells_[last_].state = 0;
  return last_;
}

std::uint32_t CellTable::new_cell(const Combination& combination, const CompleteShape& shape) {
  const Names& names = document_.names;
  ExpandedCell cell;
  cell.json = json_of(key_, std::vector<bool>(slots_.size(), true));
  if (state_index_ < shape.derived.size()) cell.state = shape.derived[state_index_];
  std::vector<ValueId> shown(names.key_count(), unset);
  for (Slot slot = 0; slot < names.key_count(); ++slot) {
    shown[slot] = shown_value(names, combination, shape, slot);
  }
  cell.published =
      names.vocabulary().published_key(assignment_of(shown, names.key_count(), document_.values));
  keys_.push_back(key_);
  cells_.push_back(std::move(cell));
  return std::uint32_t(cells_.size() - 1);
}

std::string CellTable::json_of(const std::vector<ValueId>& key,
                               const std::vector<bool>& wanted) const {
  std::string json = "{";
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!wanted[i] || key[i] == unset) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, document_.names.name(slots_[i]));
    json += ':';
    json += document_.values.json(key[i]);
  }
  return json + '}';
}

std::vector<bool> CellTable::varying_slots() const {
  std::vector<ValueId> first(slots_.size(), unset);
  std::vector<bool> varies(slots_.size(), false);
  for (const auto& key : keys_) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (key[i] == unset) continue;
      if (first[i] == unset) first[i] = key[i];
      varies[i] = varies[i] || key[i] != first[i];
    }
  }
  return varies;
}

std::vector<ExpandedCell> CellTable::finish() {
  // A key that only some cells have, with one value, tells nothing that `model` does not.
  std::vector<bool> varies = varying_slots();
  std::unordered_set<std::string> labels;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cells_[i].label = json_of(keys_[i], varies);
    labels.insert(cells_[i].label);
  }
  if (labels.size() < cells_.size()) {  // but where it is the only difference, it is named
    for (const auto& key : keys_) {
      for (std::size_t i = 0; i < slots_.size(); ++i) {
        varies[i] = varies[i] || key[i] != keys_[0][i];
      }
    }
    for (std::size_t i = 0; i < cells_.size(); ++i)
      cells_[i].label = json_of(keys_[i], varies);
  }
  keys_.clear();
  index_of_.clear();
  return std::move(cells_);
}

}  // namespace scanyard::spec
