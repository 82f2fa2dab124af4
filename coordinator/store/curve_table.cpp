#include "coordinator/store/curve_table.hpp"

#include <algorithm>
#include <limits>

namespace scanyard::store {
namespace {

PackedRow row_from(const Prepared& statement) {
  return {statement.integer(0), statement.integer(1), statement.integer(2),
          std::string(statement.text(3))};
}

std::int64_t end_epoch(const PackedRow& row) {
  return row.first_epoch + static_cast<std::int64_t>(row.size());
}

/// Drops the row's points from `epoch` on.
void cut(PackedRow& row, std::int64_t epoch) {
  if (epoch >= end_epoch(row)) return;
  const auto keep = static_cast<std::size_t>(std::max<std::int64_t>(0, epoch - row.first_epoch));
  row.points.resize(keep * bytes_per_point);
}

}  // namespace

CurveTable::CurveTable(Database& database)
    : last_open_(database,
                 "SELECT first_epoch, first_step, step_stride, points FROM curve_open "
                 "WHERE run = ? ORDER BY first_epoch DESC LIMIT 1"),
      write_open_(database, "INSERT OR REPLACE INTO curve_open VALUES (?, ?, ?, ?, ?)"),
      delete_open_from_(database, "DELETE FROM curve_open WHERE run = ? AND first_epoch >= ?"),
      all_open_(database,
                "SELECT first_epoch, first_step, step_stride, points FROM curve_open "
                "WHERE run = ? ORDER BY first_epoch"),
      insert_(database,
              "INSERT INTO curve (run, first_epoch, first_step, step_stride, points) "
              "VALUES (?, ?, ?, ?, ?)"),
      delete_(database, "DELETE FROM curve WHERE run = ?") {}

std::optional<PackedRow> CurveTable::last_open_row(std::int64_t run) {
  const ResetAtEnd reset(last_open_);
  if (!last_open_.bind(run).step()) return std::nullopt;
  return row_from(last_open_);
}

void CurveTable::write_open(std::int64_t run, const PackedRow& row) {
  write_open_.bind(run, row.first_epoch, row.first_step, row.step_stride, row.points).run();
}

void CurveTable::truncate_open(std::int64_t run, std::int64_t epoch) {
  delete_open_from_.bind(run, epoch).run();
  auto last = last_open_row(run);
  if (!last || end_epoch(*last) <= epoch) return;
  cut(*last, epoch);
  write_open(run, *last);
}

void CurveTable::append_open(std::int64_t run, std::span<const EpochPoint> points) {
  auto row = last_open_row(run);
  bool changed = false;
  for (const auto& point : points) {
    if (row && point.epoch < end_epoch(*row)) {
      if (changed) write_open(run, *row);
      truncate_open(run, point.epoch);
      row = last_open_row(run);
    }
    if (row && append_point(*row, point)) {
      changed = true;
      continue;
    }
    if (row && changed) write_open(run, *row);
    row.emplace();
    append_point(*row, point);
    changed = true;
  }
  if (row && changed) write_open(run, *row);
}

void CurveTable::finish(std::int64_t run, std::span<const EpochPoint> curve) {
  const std::int64_t from =
      curve.empty() ? std::numeric_limits<std::int64_t>::max() : curve.front().epoch;
  std::vector<PackedRow> rows;
  bool any_open = false;
  all_open_.bind(run);
  while (all_open_.step()) {
    any_open = true;
    PackedRow row = row_from(all_open_);
    cut(row, from);
    if (row.size() > 0) rows.push_back(std::move(row));
  }
  all_open_.reset();
  if (any_open) delete_open_from_.bind(run, std::numeric_limits<std::int64_t>::min()).run();
  for (auto& row : pack_curve(curve))
    rows.push_back(std::move(row));
  for (const auto& row : rows)
    insert_.bind(run, row.first_epoch, row.first_step, row.step_stride, row.points).run();
}

void CurveTable::remove(std::int64_t run) {
  delete_.bind(run).run();
  delete_open_from_.bind(run, std::numeric_limits<std::int64_t>::min()).run();
}

CurveReader::CurveReader(Database& database)
    : finished_(database,
                "SELECT first_epoch, first_step, step_stride, points FROM curve "
                "WHERE run = ? ORDER BY key"),
      open_(database,
            "SELECT first_epoch, first_step, step_stride, points FROM curve_open "
            "WHERE run = ? ORDER BY first_epoch") {}

std::vector<EpochPoint> CurveReader::read(std::int64_t run) {
  std::vector<EpochPoint> curve;
  for (Prepared* statement : {&finished_, &open_}) {
    const ResetAtEnd reset(*statement);
    statement->bind(run);
    while (statement->step()) {
      unpack_row(statement->integer(0), statement->integer(1), statement->integer(2),
                 statement->text(3), curve);
    }
    if (!curve.empty()) break;
  }
  return curve;
}

}  // namespace scanyard::store
