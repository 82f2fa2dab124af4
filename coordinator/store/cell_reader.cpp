#include "coordinator/store/cell_reader.hpp"

#include <algorithm>
#include <cmath>

#include "common/assert.hpp"
#include "coordinator/store/selection_text.hpp"

namespace scanyard::store {
namespace {

// Columns 0..5 are the run's; then epoch, accuracy, micro accuracy and perplexity of each report,
// in the order of spec::ReportedEpoch, each group in the order of spec::Metric.
constexpr const char* runs_sql =
    "SELECT r.key, r.id, r.state, r.shape, r.replica, coalesce(o.solved, 0), "
    "o.low_epoch, o.low_accuracy, o.low_micro, o.low_perplexity, "
    "o.last_epoch, o.last_accuracy, o.last_micro, o.last_perplexity, "
    "o.best_epoch, o.best_accuracy, o.best_micro, o.best_perplexity "
    "FROM membership m JOIN run r ON r.key = m.run LEFT JOIN result o ON o.run = r.key "
    "WHERE m.cell = ?";
constexpr int first_report_column = 6;
constexpr int columns_per_report = 4;

void read_value(const Prepared& row, const spec::Selection& selection, CellRunRow& run) {
  const int epoch = first_report_column + columns_per_report * static_cast<int>(selection.report);
  const int value = epoch + 1 + static_cast<int>(selection.metric);
  if (row.is_null(epoch)) return;
  run.epoch = static_cast<std::int32_t>(row.integer(epoch));
  run.value = row.real_or_none(value);
  if (run.value && !std::isfinite(*run.value)) run.value.reset();
}

}  // namespace

std::vector<std::string> axes_of(const spec::Selection& selection) {
  std::vector<std::string> axes = selection.maximise;
  axes.insert(axes.end(), selection.average.begin(), selection.average.end());
  return axes;
}

CellReader::CellReader(Database& database)
    : runs_(database, runs_sql),
      shape_(database, "SELECT json, state_size FROM shape WHERE id = ?") {}

std::vector<CellRunRow> CellReader::runs(std::int64_t cell, const spec::Selection& selection) {
  const ResetAtEnd reset(runs_);
  std::vector<CellRunRow> runs;
  runs_.bind(cell);
  while (runs_.step()) {
    CellRunRow run;
    run.key = runs_.integer(0);
    run.id = runs_.run_id(1);
    run.state = static_cast<StoredState>(runs_.integer(2));
    run.shape = runs_.integer(3);
    run.replica_json = runs_.text(4);
    run.solved = runs_.integer(5) != 0;
    read_value(runs_, selection, run);
    runs.push_back(std::move(run));
  }
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return runs;
}

const CellReader::Shape& CellReader::shape(std::int64_t id) {
  const auto known = shapes_.find(id);
  if (known != shapes_.end()) return known->second;
  const ResetAtEnd reset(shape_);
  const bool found = shape_.bind(id).step();
  SCANYARD_ASSERT(found, "a foreign key guarantees that a run's shape exists");
  return shapes_.emplace(id, Shape{std::string(shape_.text(0)), shape_.real(1)}).first->second;
}

ComputedSummary CellReader::summarise(std::int64_t cell, const spec::Selection& selection) {
  const auto rows = runs(cell, selection);
  std::vector<tables::StatisticsRun> inputs;
  inputs.reserve(rows.size());
  for (const auto& row : rows) {
    const Shape& of = shape(row.shape);
    tables::StatisticsRun input;
    input.run = row.id;
    input.state = to_run_state(row.state);
    input.solved = row.solved;
    input.state_size = of.state_size;
    input.value = row.value;
    if (!selection.average.empty() && row.value) {
      input.maximised_json = pick_keys(of.json, row.replica_json, selection.maximise);
    }
    inputs.push_back(std::move(input));
  }
  ComputedSummary summary;
  summary.statistics = tables::cell_statistics(std::move(inputs), selection);
  if (!summary.statistics.best_run) return summary;
  const auto best = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
    return row.id == *summary.statistics.best_run;
  });
  summary.best_run_key = best->key;
  summary.best_axes_json =
      pick_keys(shape(best->shape).json, best->replica_json, selection.maximise);
  return summary;
}

}  // namespace scanyard::store
