#include "coordinator/core/run_table.hpp"

#include "common/assert.hpp"

namespace scanyard::core {
namespace {

constexpr std::uint32_t empty_bucket = UINT32_MAX;
constexpr std::size_t buckets_min = 64;

}  // namespace

RunState public_state(RunPhase phase) {
  switch (phase) {
    case RunPhase::queued:
      return RunState::queued;
    case RunPhase::leased:
    case RunPhase::ending:
      return RunState::running;
    case RunPhase::finished:
      return RunState::finished;
    case RunPhase::diverged:
      return RunState::diverged;
    case RunPhase::failed:
      return RunState::failed;
    case RunPhase::cancelled:
      break;
  }
  return RunState::cancelled;
}

RunTable::RunTable() : buckets_(buckets_min, empty_bucket) {}

std::size_t RunTable::bucket_of(const RunId& id) const {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t bucket = std::hash<RunId>{}(id)&mask;
  while (buckets_[bucket] != empty_bucket && runs_[buckets_[bucket]].id != id)
    bucket = (bucket + 1) & mask;
  return bucket;
}

RunIndex RunTable::find(const RunId& id) const {
  return RunIndex{buckets_[bucket_of(id)]};
}

RunIndex RunTable::add(const Run& run) {
  SCANYARD_ASSERT(runs_.size() < empty_bucket, "an index of 32 bits numbers the runs");
  if ((runs_.size() + 1) * 3 > buckets_.size() * 2) grow();
  const std::size_t bucket = bucket_of(run.id);
  SCANYARD_ASSERT(buckets_[bucket] == empty_bucket, "a run is added only once");
  buckets_[bucket] = static_cast<std::uint32_t>(runs_.size());
  runs_.push_back(run);
  return RunIndex{buckets_[bucket]};
}

void RunTable::grow() {
  buckets_.assign(buckets_.size() * 2, empty_bucket);
  for (std::uint32_t i = 0; i < runs_.size(); ++i)
    buckets_[bucket_of(runs_[i].id)] = i;
}

std::size_t RunTable::memory_bytes() const {
  return runs_.capacity() * sizeof(Run) + buckets_.capacity() * sizeof(std::uint32_t);
}

}  // namespace scanyard::core
