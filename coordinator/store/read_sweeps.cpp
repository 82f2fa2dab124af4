#include "coordinator/store/read_sweeps.hpp"

#include "coordinator/store/live_counts.hpp"
#include "coordinator/store/selection_text.hpp"

namespace scanyard::store {
namespace {

constexpr const char* summaries_sql =
    "SELECT s.id, s.name, s.description, s.state, s.priority, s.source_name, s.submitted_by, "
    "s.submitted_ms, c.last_result_ms, c.open, c.finished, c.diverged, c.failed, c.cancelled, "
    "s.cells FROM sweep s JOIN sweep_count c ON c.sweep = s.id ORDER BY s.id DESC";
constexpr const char* detail_sql =
    "SELECT s.id, s.name, s.description, s.state, s.priority, s.source_name, s.submitted_by, "
    "s.submitted_ms, c.last_result_ms, c.open, c.finished, c.diverged, c.failed, c.cancelled, "
    "s.cells, s.spec_text, s.selection, s.layout "
    "FROM sweep s JOIN sweep_count c ON c.sweep = s.id WHERE s.id = ?";

std::uint64_t unsigned_at(const Prepared& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

SweepSummary summary_from(const Prepared& row, const LiveStatus* live) {
  SweepSummary summary;
  summary.id = SweepId{row.integer(0)};
  summary.name = row.text(1);
  summary.description = row.text(2);
  summary.state = row.text(3);
  summary.priority = static_cast<std::int32_t>(row.integer(4));
  summary.source_name = row.text(5);
  summary.submitted_by = row.text(6);
  summary.submitted = TimePoint{row.integer(7)};
  if (!row.is_null(8)) summary.last_result = TimePoint{row.integer(8)};
  const std::uint64_t open = unsigned_at(row, 9);
  split_open(open, running_in_sweep(live, summary.id), summary.counts);
  summary.counts.finished = unsigned_at(row, 10);
  summary.counts.diverged = unsigned_at(row, 11);
  summary.counts.failed = unsigned_at(row, 12);
  summary.counts.cancelled = unsigned_at(row, 13);
  summary.cells = unsigned_at(row, 14);
  if (summary.state == "active" && open == 0) summary.state = "complete";
  return summary;
}

}  // namespace

std::vector<SweepSummary> read_sweeps(ReadConnection& connection, const LiveStatus* live) {
  auto& rows = connection.statement(summaries_sql);
  const ResetAtEnd reset(rows);
  std::vector<SweepSummary> sweeps;
  while (rows.step())
    sweeps.push_back(summary_from(rows, live));
  return sweeps;
}

std::optional<SweepDetail> read_sweep(ReadConnection& connection, SweepId id,
                                      const LiveStatus* live) {
  auto& row = connection.statement(detail_sql);
  const ResetAtEnd reset(row);
  if (!row.bind(id.value).step()) return std::nullopt;
  SweepDetail detail;
  detail.summary = summary_from(row, live);
  detail.spec_text = row.text(15);
  detail.selection = selection_from_json(row.text(16));
  detail.layout = layout_from_json(row.text(17));
  return detail;
}

std::optional<spec::Selection> read_selection(ReadConnection& connection, SweepId id) {
  auto& row = connection.statement("SELECT selection FROM sweep WHERE id = ?");
  const ResetAtEnd reset(row);
  if (!row.bind(id.value).step()) return std::nullopt;
  return selection_from_json(row.text(0));
}

}  // namespace scanyard::store
