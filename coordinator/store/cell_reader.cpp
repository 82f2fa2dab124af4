#include "coordinator/store/cell_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/assert.hpp"
#include "coordinator/store/selection_text.hpp"

namespace scanyard::store {
namespace {

// In the orders of spec::ReportedEpoch and spec::Metric.
constexpr std::array<std::string_view, 3> report_prefixes = {"low", "last", "best"};
constexpr std::array<std::string_view, 3> metric_columns = {"accuracy", "micro", "perplexity"};

/// Reads only the two columns of a result that the selection looks at.
std::string runs_sql(const spec::Selection& selection, bool with_replicas) {
  const auto prefix = report_prefixes[static_cast<std::size_t>(selection.report)];
  const auto metric = metric_columns[static_cast<std::size_t>(selection.metric)];
  return fmt::format(
      "SELECT r.key, r.id, r.state, r.shape, coalesce(o.solved, 0), o.{0}_epoch, o.{0}_{1}, {2} "
      "FROM membership m JOIN run r ON r.key = m.run LEFT JOIN result o ON o.run = r.key "
      "WHERE m.cell = ? ORDER BY m.run",
      prefix, metric, with_replicas ? "r.replica" : "''");
}

void read_value(const Prepared& row, CellRunRow& run) {
  if (row.is_null(5)) return;
  run.epoch = static_cast<std::int32_t>(row.integer(5));
  run.value = row.real_or_none(6);
  if (run.value && !std::isfinite(*run.value)) run.value.reset();
}

}  // namespace

std::vector<std::string> axes_of(const spec::Selection& selection) {
  std::vector<std::string> axes = selection.maximise;
  axes.insert(axes.end(), selection.average.begin(), selection.average.end());
  return axes;
}

CellReader::CellReader(Database& database)
    : database_(database),
      shape_(database, "SELECT json, state_size FROM shape WHERE id = ?"),
      replica_(database, "SELECT replica FROM run WHERE key = ?") {}

Prepared& CellReader::runs_statement(const spec::Selection& selection, bool with_replicas) {
  const std::string sql = runs_sql(selection, with_replicas);
  auto& statement = runs_[sql];
  if (!statement) statement = std::make_unique<Prepared>(database_, sql);
  return *statement;
}

std::vector<CellRunRow> CellReader::runs(std::int64_t cell, const spec::Selection& selection,
                                         bool with_replicas) {
  Prepared& rows = runs_statement(selection, with_replicas);
  const ResetAtEnd reset(rows);
  std::vector<CellRunRow> runs;
  rows.bind(cell);
  while (rows.step()) {
    CellRunRow& run = runs.emplace_back();
    run.key = rows.integer(0);
    run.id = rows.run_id(1);
    run.state = static_cast<StoredState>(rows.integer(2));
    run.shape = rows.integer(3);
    run.solved = rows.integer(4) != 0;
    read_value(rows, run);
    if (with_replicas) run.replica_json = rows.text(7);
  }
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

std::string CellReader::replica_json(std::int64_t run) {
  const ResetAtEnd reset(replica_);
  const bool found = replica_.bind(run).step();
  SCANYARD_ASSERT(found, "the run was read in the same snapshot");
  return std::string(replica_.text(0));
}

ComputedSummary CellReader::summarise(std::int64_t cell, const spec::Selection& selection) {
  const bool averages = !selection.average.empty();
  const auto rows = runs(cell, selection, averages);
  KeyPicker maximised(selection.maximise);
  std::vector<tables::StatisticsRun> inputs(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    const Shape& of = shape(row.shape);
    inputs[i].run = row.id;
    inputs[i].state = to_run_state(row.state);
    inputs[i].solved = row.solved;
    inputs[i].state_size = of.state_size;
    inputs[i].value = row.value;
    if (averages && row.value) {
      inputs[i].maximised_json = maximised.pick(row.shape, of.json, row.replica_json);
    }
  }
  ComputedSummary summary;
  summary.statistics = tables::cell_statistics(std::move(inputs), selection);
  if (!summary.statistics.best_run) return summary;
  const auto best = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
    return row.id == *summary.statistics.best_run;
  });
  summary.best_run_key = best->key;
  summary.best_axes_json =
      maximised.pick(best->shape, shape(best->shape).json, replica_json(best->key));
  return summary;
}

}  // namespace scanyard::store
