#include "coordinator/store/cell_summaries.hpp"

#include <nlohmann/json.hpp>

#include "common/assert.hpp"
#include "common/tables/rounding.hpp"
#include "coordinator/store/selection_text.hpp"

namespace scanyard::store {

CellSummaries::CellSummaries(Database& database)
    : reader_(database),
      insert_(database,
              "INSERT INTO cell_summary (cell, open, finished, diverged, failed, cancelled, "
              "solved) VALUES (?, ?, ?, ?, ?, ?, 0)"),
      write_(database,
             "UPDATE cell_summary SET open = ?, finished = ?, diverged = ?, failed = ?, "
             "cancelled = ?, solved = ?, value = ?, rounded = ?, mean = ?, "
             "standard_deviation = ?, minimum = ?, median = ?, maximum = ?, "
             "expected_best_of_5 = ?, best_run = ?, "
             "best_axes = ?, by_state = ? WHERE cell = ?"),
      unmark_(database, "DELETE FROM stale_cell WHERE cell = ?"),
      marked_(database, "SELECT cell FROM stale_cell ORDER BY cell"),
      context_(database, "SELECT sweep, state_size FROM cell WHERE id = ?"),
      selection_(database, "SELECT selection FROM sweep WHERE id = ?") {}

void CellSummaries::insert(std::int64_t cell, const StateCounts& counts) {
  insert_
      .bind(cell, counts.queued, counts.finished, counts.diverged, counts.failed, counts.cancelled)
      .run();
}

CellSummaries::Context CellSummaries::context(std::int64_t cell) {
  const ResetAtEnd reset(context_);
  const bool found = context_.bind(cell).step();
  SCANYARD_ASSERT(found, "a foreign key guarantees that a marked cell exists");
  return {context_.integer(0), context_.real(1)};
}

const spec::Selection& CellSummaries::selection(std::int64_t sweep) {
  const auto known = selections_.find(sweep);
  if (known != selections_.end()) return known->second;
  const ResetAtEnd reset(selection_);
  const bool found = selection_.bind(sweep).step();
  SCANYARD_ASSERT(found, "a foreign key guarantees that a cell's sweep exists");
  return selections_.emplace(sweep, selection_from_json(selection_.text(0))).first->second;
}

std::uint64_t CellSummaries::refresh(std::int64_t cell) {
  const Context of = context(cell);
  const auto summary = reader_.summarise(cell, selection(of.sweep));
  write(cell, of, summary);
  unmark_.bind(cell).run();
  return summary.statistics.counts.total();
}

void CellSummaries::write(std::int64_t cell, const Context& context,
                          const ComputedSummary& summary) {
  const auto& s = summary.statistics;
  std::optional<double> rounded;
  if (s.value) {
    rounded = tables::round_decimals(*s.value, selection(context.sweep).decimals);
  }
  std::optional<std::string> best_axes, by_state;
  if (!summary.best_axes_json.empty()) best_axes = summary.best_axes_json;
  // A cell of one size says the same in its other columns.
  const bool one_size = s.by_state.size() == 1 && s.by_state[0].state == context.state_size;
  if (!s.by_state.empty() && !one_size) by_state = by_state_to_json(s.by_state);
  write_
      .bind(s.counts.queued, s.counts.finished, s.counts.diverged, s.counts.failed,
            s.counts.cancelled, s.solved, s.value, rounded, s.mean, s.standard_deviation, s.minimum,
            s.median, s.maximum, s.expected_best_of_5, summary.best_run_key, best_axes, by_state,
            cell)
      .run();
}

std::vector<std::int64_t> CellSummaries::marked() {
  const ResetAtEnd reset(marked_);
  std::vector<std::int64_t> cells;
  marked_.bind();
  while (marked_.step())
    cells.push_back(marked_.integer(0));
  return cells;
}

std::string by_state_to_json(const std::vector<ValueAtState>& values) {
  auto list = nlohmann::json::array();
  for (const auto& at : values) {
    nlohmann::json value;
    if (at.value) value = *at.value;
    list.push_back({at.state, value, at.results, at.solved});
  }
  return list.dump();
}

std::vector<ValueAtState> by_state_from_json(std::string_view json) {
  std::vector<ValueAtState> values;
  for (const auto& one : nlohmann::json::parse(json)) {
    ValueAtState at;
    at.state = one.at(0);
    if (!one.at(1).is_null()) at.value = one.at(1).get<double>();
    at.results = one.at(2);
    at.solved = one.at(3);
    values.push_back(at);
  }
  return values;
}

}  // namespace scanyard::store
