//! Learning curves in the database: `curve_open` while a run is trained, `curve` once it has a
//! result.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/records.hpp"
#include "coordinator/store/curve_packing.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

/// Writing. A point at an epoch that is there already begins a newer attempt: everything from that
/// epoch on is replaced.
class CurveTable {
 public:
  explicit CurveTable(Database& database);

  /// Adds points (epochs rising) of an attempt of an open run.
  void append_open(std::int64_t run, std::span<const EpochPoint> points);
  /// Moves what is open of a run to the finished curves, with `curve` in place of everything from
  /// its first epoch on (an attempt that was resumed reports only what it trained itself).
  void finish(std::int64_t run, std::span<const EpochPoint> curve);
  void remove(std::int64_t run);

 private:
  std::optional<PackedRow> last_open_row(std::int64_t run);
  /// Drops open points from `epoch` on.
  void truncate_open(std::int64_t run, std::int64_t epoch);
  void write_open(std::int64_t run, const PackedRow& row);

  Prepared last_open_, write_open_, delete_open_from_, all_open_, insert_, delete_;
};

/// Reading.
class CurveReader {
 public:
  explicit CurveReader(Database& database);
  std::vector<EpochPoint> read(std::int64_t run);

 private:
  Prepared finished_, open_;
};

}  // namespace scanyard::store
