//! A cell's runs from the database, and its summary made from them. Used by the writer for cells
//! that are marked, and by readers for those that are still marked when they look.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/spec/selection.hpp"
#include "common/tables/cell_statistics.hpp"
#include "coordinator/store/sql.hpp"
#include "coordinator/store/stored_state.hpp"

namespace scanyard::store {

struct CellRunRow {
  std::int64_t key = 0;
  RunId id;
  StoredState state = StoredState::open;
  std::int64_t shape = 0;
  std::string replica_json;
  bool solved = false;
  std::optional<double> value;  ///< by the selection
  std::int32_t epoch = 0;       ///< of the reported evaluation
};

/// Both kinds of axes of a selection: those that tell the runs of a cell apart.
std::vector<std::string> axes_of(const spec::Selection& selection);

struct ComputedSummary {
  tables::CellStatistics statistics;  ///< open runs counted as queued
  std::optional<std::int64_t> best_run_key;
  std::string best_axes_json;  ///< values of the maximised axes that gave the value
};

class CellReader {
 public:
  explicit CellReader(Database& database);

  /// In the order of their ids.
  std::vector<CellRunRow> runs(std::int64_t cell, const spec::Selection& selection);
  ComputedSummary summarise(std::int64_t cell, const spec::Selection& selection);

  struct Shape {
    std::string json;
    double state_size = 0;
  };
  /// Shapes never change what is read here, so they are kept.
  const Shape& shape(std::int64_t id);

 private:
  Prepared runs_, shape_;
  std::unordered_map<std::int64_t, Shape> shapes_;
};

}  // namespace scanyard::store
