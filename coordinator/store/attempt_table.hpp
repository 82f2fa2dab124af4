//! Ends of attempts: results, and everything that gave none. Also who worked: workers, devices,
//! builds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/records.hpp"
#include "common/store_writes.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

class AttemptTable {
 public:
  explicit AttemptTable(Database& database);

  /// Stores the accepted result of a run that has none, in place of what was recorded of the same
  /// attempt. `report.outcome` is set.
  void insert_result(std::int64_t run, const AttemptReport& report, std::int64_t worker);

  struct Recorded {
    bool news = false;     ///< false: the attempt was recorded with this end, or a better one
    bool failure = false;  ///< a failure that was not counted yet
  };
  /// An end without a result. What the worker itself says replaces "lost", never the other way.
  Recorded record(std::int64_t run, const AttemptReport& report, std::int64_t worker);

  /// A retry: the result becomes one of the run's past attempts.
  void set_result_aside(std::int64_t run, AttemptEnd end);

  /// Id of a worker by name; one that never said hello is entered as lost.
  std::int64_t worker_id(const std::string& name, TimePoint seen);
  void upsert_worker(const RecordWorker& record);

  /// Call when a transaction was rolled back: ids that it gave are void.
  void forget();

 private:
  std::int64_t label_id(const std::string& text);

  Database& database_;
  Prepared insert_result_, end_of_, upsert_, delete_, set_aside_, delete_result_;
  Prepared find_worker_, insert_worker_, upsert_worker_, find_label_, insert_label_;
  std::unordered_map<std::string, std::int64_t> workers_, labels_;
};

/// JSON list of a worker's slots, as the column worker.slots holds it.
std::string slots_to_json(const std::vector<SlotInfo>& slots);
std::vector<SlotInfo> slots_from_json(std::string_view json);

}  // namespace scanyard::store
