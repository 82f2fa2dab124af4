//! Reading and changing rows of `run` and its memberships.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/ids.hpp"
#include "coordinator/store/sql.hpp"
#include "coordinator/store/stored_state.hpp"

namespace scanyard::store {

struct RunRow {
  std::int64_t key = 0;
  StoredState state = StoredState::open;
  std::int32_t failures = 0;
};

/// The attempt with the greatest token that the database has of a run.
struct LastAttempt {
  Token token;
  bool ended = false;  ///< its worker reported it (anything but lost)
};

class RunTable {
 public:
  explicit RunTable(Database& database);

  std::optional<RunRow> find(const RunId& id);
  /// An open run. Returns its key.
  std::int64_t insert(const RunId& id, std::int64_t shape, std::string_view replica_json);
  void set_state(std::int64_t key, StoredState state, std::int32_t failures);
  void cancel(std::int64_t key, std::int64_t cancellation);
  /// Cells that the run is in, ascending. Valid until the next call.
  const std::vector<std::int64_t>& cells_of(std::int64_t key);
  LastAttempt last_attempt(std::int64_t key);

 private:
  Database& database_;
  Prepared find_, insert_, set_state_, cancel_, cells_of_, last_attempt_;
  std::vector<std::int64_t> cells_;
};

}  // namespace scanyard::store
