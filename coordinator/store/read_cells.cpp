#include "coordinator/store/read_cells.hpp"

#include "coordinator/store/cell_summaries.hpp"
#include "coordinator/store/published_table.hpp"
#include "coordinator/store/selection_text.hpp"

namespace scanyard::store {
namespace {

constexpr const char* cells_sql =
    "SELECT c.id, c.json, c.label, c.state_size, "
    "c.published_model, c.published_m, c.published_task, c.published_config, "
    "t.open, t.finished, t.diverged, t.failed, t.cancelled, t.solved, t.value, t.mean, "
    "t.standard_deviation, t.minimum, t.median, t.maximum, r.id, t.best_axes, t.by_state, "
    "x.cell IS NOT NULL, t.expected_best_of_5 "
    "FROM cell c JOIN cell_summary t ON t.cell = c.id LEFT JOIN run r ON r.key = t.best_run "
    "LEFT JOIN stale_cell x ON x.cell = c.id WHERE c.sweep = ? ORDER BY c.id";

std::optional<spec::PublishedKey> published_key(const Prepared& row) {
  if (row.is_null(4)) return std::nullopt;
  spec::PublishedKey key;
  key.model = row.text(4);
  if (!row.is_null(5)) key.m = static_cast<int>(row.integer(5));
  key.task = row.text(6);
  key.config = row.text(7);
  return key;
}

void read_statistics(const Prepared& row, CellSummary& cell) {
  const auto count = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  cell.counts = {.queued = count(8),
                 .finished = count(9),
                 .diverged = count(10),
                 .failed = count(11),
                 .cancelled = count(12)};
  cell.solved = count(13);
  cell.value = row.real_or_none(14);
  cell.mean = row.real_or_none(15);
  cell.standard_deviation = row.real_or_none(16);
  cell.minimum = row.real_or_none(17);
  cell.median = row.real_or_none(18);
  cell.maximum = row.real_or_none(19);
  cell.expected_best_of_5 = row.real_or_none(24);
  if (!row.is_null(20)) cell.best_run = row.run_id(20);
  cell.best_axes_json = row.text(21);
  if (!row.is_null(22)) {
    cell.by_state = by_state_from_json(row.text(22));
  } else if (cell.state > 0 && cell.counts.done() > 0) {
    cell.by_state = {{cell.state, cell.value, cell.counts.done(), cell.solved}};
  }
}

void take_statistics(ComputedSummary&& computed, CellSummary& cell) {
  auto& s = computed.statistics;
  cell.counts = s.counts;
  cell.solved = s.solved;
  cell.value = s.value;
  cell.mean = s.mean;
  cell.standard_deviation = s.standard_deviation;
  cell.minimum = s.minimum;
  cell.median = s.median;
  cell.maximum = s.maximum;
  cell.expected_best_of_5 = s.expected_best_of_5;
  cell.best_run = s.best_run;
  cell.best_axes_json = std::move(computed.best_axes_json);
  cell.by_state = std::move(s.by_state);
}

}  // namespace

std::vector<CellSummary> read_cells(ReadConnection& connection, SweepId sweep,
                                    const spec::Selection& selection,
                                    const RunningCells::Counts& running,
                                    std::uint64_t compute_runs_max) {
  PublishedNumbers published;
  published.load(connection.database());
  auto& row = connection.statement(cells_sql);
  const ResetAtEnd reset(row);
  row.bind(sweep.value);
  std::vector<CellSummary> cells;
  while (row.step()) {
    CellSummary& cell = cells.emplace_back();
    cell.id = CellId{row.integer(0)};
    cell.json = row.text(1);
    cell.label = row.text(2);
    cell.state = row.real(3);
    cell.published_key = published_key(row);
    if (cell.published_key) cell.published = published.find(*cell.published_key);
    read_statistics(row, cell);
    const bool outdated = row.integer(23) != 0;
    if (const auto runs = cell.counts.total(); outdated && runs <= compute_runs_max) {
      compute_runs_max -= runs;
      take_statistics(connection.cells().summarise(cell.id.value, selection), cell);
    }
    if (const auto at = running.find(cell.id.value); at != running.end()) {
      split_open(cell.counts.queued, at->second, cell.counts);
    }
  }
  return cells;
}

bool has_cell(ReadConnection& connection, SweepId sweep, CellId cell) {
  auto& row = connection.statement("SELECT 1 FROM cell WHERE id = ? AND sweep = ?");
  const ResetAtEnd reset(row);
  return row.bind(cell.value, sweep.value).step();
}

std::vector<CellRun> read_cell_runs(ReadConnection& connection, CellId cell,
                                    const spec::Selection& selection, const LiveStatus* live) {
  auto& reader = connection.cells();
  KeyPicker axes(axes_of(selection));
  std::vector<CellRun> runs;
  for (const auto& row : reader.runs(cell.value, selection, /*with_replicas=*/true)) {
    CellRun& run = runs.emplace_back();
    run.run = row.id;
    run.state = visible_state(row.state, row.id, live);
    run.axes_json = axes.pick(row.shape, reader.shape(row.shape).json, row.replica_json);
    run.value = row.value;
    run.epoch = row.epoch;
    run.solved = row.solved;
  }
  return runs;
}

std::vector<CurveOfRun> read_cell_curves(ReadConnection& connection, CellId cell,
                                         const spec::Selection& selection, const LiveStatus* live) {
  auto& reader = connection.cells();
  KeyPicker axes(axes_of(selection));
  std::vector<CurveOfRun> curves;
  for (const auto& row : reader.runs(cell.value, selection, /*with_replicas=*/true)) {
    if (curves.size() == cell_curves_max) break;
    CurveOfRun& curve = curves.emplace_back();
    curve.run = row.id;
    curve.state = visible_state(row.state, row.id, live);
    curve.axes_json = axes.pick(row.shape, reader.shape(row.shape).json, row.replica_json);
    curve.points = connection.curves().read(row.key);
  }
  return curves;
}

}  // namespace scanyard::store
