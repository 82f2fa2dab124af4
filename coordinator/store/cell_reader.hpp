//! A cell's runs from the database, and its summary made from them. Used by the writer for cells
//! that are marked, and by readers for those that are still marked when they look.
#pragma once

#include <cstdint>
#include <map>
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
  bool solved = false;
  std::optional<double> value;  ///< by the selection
  std::int32_t epoch = 0;       ///< of the reported evaluation
  std::string replica_json;     ///< only where it was asked for
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

  /// In the order of their keys. A cell may have 10,000 runs and more, so their replicas' JSON is
  /// read only where it is needed.
  std::vector<CellRunRow> runs(std::int64_t cell, const spec::Selection& selection,
                               bool with_replicas);
  ComputedSummary summarise(std::int64_t cell, const spec::Selection& selection);

  struct Shape {
    std::string json;
    double state_size = 0;
  };
  /// Shapes never change what is read here, so they are kept.
  const Shape& shape(std::int64_t id);

 private:
  Prepared& runs_statement(const spec::Selection& selection, bool with_replicas);
  std::string replica_json(std::int64_t run);

  Database& database_;
  Prepared shape_, replica_;
  std::map<std::string, std::unique_ptr<Prepared>> runs_;
  std::unordered_map<std::int64_t, Shape> shapes_;
};

}  // namespace scanyard::store
