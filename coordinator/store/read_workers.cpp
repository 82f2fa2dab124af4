#include "coordinator/store/read_workers.hpp"

#include <algorithm>
#include <map>

#include "coordinator/store/attempt_table.hpp"

namespace scanyard::store {
namespace {

WorkerStatus worker_from(const Prepared& row) {
  WorkerStatus worker;
  worker.info.name = row.text(0);
  worker.info.instance = row.text(1);
  worker.info.host = row.text(2);
  worker.info.build = row.text(3);
  worker.info.slots = slots_from_json(row.text(4));
  worker.state = row.text(5);
  worker.first_seen = TimePoint{row.integer(6)};
  worker.last_seen = TimePoint{row.integer(7)};
  worker.finished = static_cast<std::uint64_t>(row.integer(8));
  worker.failed = static_cast<std::uint64_t>(row.integer(9));
  for (const auto& slot : worker.info.slots)
    worker.slots.push_back({.info = slot, .state = "idle"});
  return worker;
}

/// What is live wins, but only the database counts over restarts.
void merge(const WorkerStatus& live, WorkerStatus& worker) {
  const WorkerStatus stored = std::move(worker);
  worker = live;
  worker.finished = stored.finished;
  worker.failed = stored.failed;
  if (stored.first_seen.ms > 0) worker.first_seen = stored.first_seen;
}

}  // namespace

std::vector<WorkerStatus> read_workers(ReadConnection& connection, const LiveStatus* live) {
  auto& rows = connection.statement(
      "SELECT name, instance, host, build, slots, state, first_seen_ms, last_seen_ms, finished, "
      "failed FROM worker ORDER BY name");
  const ResetAtEnd reset(rows);
  std::map<std::string, WorkerStatus> workers;
  while (rows.step()) {
    auto worker = worker_from(rows);
    workers[worker.info.name] = std::move(worker);
  }
  if (live != nullptr) {
    for (const auto& worker : live->workers)
      merge(worker, workers[worker.info.name]);
  }
  std::vector<WorkerStatus> list;
  for (auto& [unused, worker] : workers)
    list.push_back(std::move(worker));
  return list;
}

std::vector<Counter> read_counters(ReadConnection& connection, const LiveStatus* live) {
  std::map<std::string, Counter> counters;
  auto& rows = connection.statement("SELECT name, value FROM counter ORDER BY name");
  const ResetAtEnd reset(rows);
  while (rows.step()) {
    const std::string name(rows.text(0));
    counters[name] = {name, "since the database was made",
                      static_cast<std::uint64_t>(rows.integer(1))};
  }
  if (live != nullptr) {
    for (const auto& counter : live->counters)
      counters[counter.name] = counter;
  }
  std::vector<Counter> list;
  for (auto& [unused, counter] : counters)
    list.push_back(std::move(counter));
  return list;
}

}  // namespace scanyard::store
