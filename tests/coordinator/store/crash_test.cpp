//! A writer that dies at any moment: everything that it acknowledged is there, nothing is half
//! there.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <set>

#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

SmallSweep sweep_of(int seeds) {
  SmallSweep sweep{.ms = {1, 2, 3, 4}};
  sweep.seeds.clear();
  for (int seed = 0; seed < seeds; ++seed)
    sweep.seeds.push_back(seed);
  return sweep;
}

/// Applies results in batches and writes the number of the last acknowledged one to `pipe` after
/// each batch. Never returns: it is killed, or ends when everything is written.
[[noreturn]] void write_until_killed(const std::filesystem::path& path, int seeds, int pipe) {
  auto writer = Writer::open({.path = path}, TimePoint{1});
  if (!writer) ::_exit(2);
  auto open = (*writer)->load_open();
  if (!open) ::_exit(3);
  std::vector<StoreWrite> batch;
  std::int32_t acknowledged = 0;
  const auto runs = make_expansion(sweep_of(seeds)).runs;
  for (const auto& run : runs) {
    batch.push_back(make_result(run.id, 0.5, {(*writer)->epoch(), acknowledged}));
    if (batch.size() < std::size_t(1 + acknowledged % 7)) continue;
    if (!(*writer)->apply(batch)) ::_exit(4);
    acknowledged += static_cast<std::int32_t>(batch.size());
    batch.clear();
    if (::write(pipe, &acknowledged, sizeof acknowledged) != sizeof acknowledged) ::_exit(5);
    if (acknowledged % 3 == 0 && !(*writer)->refresh(2)) ::_exit(6);
  }
  ::pause();
  ::_exit(0);
}

/// Kills a writing child after it acknowledged `kill_after` results. Returns how many it did.
std::int32_t kill_while_writing(const std::filesystem::path& path, int seeds,
                                std::int32_t kill_after) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(path, seeds, ends[1]);
  }
  ::close(ends[1]);
  std::int32_t acknowledged = 0, next = 0;
  while (acknowledged < kill_after && ::read(ends[0], &next, sizeof next) == sizeof next)
    acknowledged = next;
  ::kill(child, SIGKILL);
  // What it acknowledged between our last read and its death counts too.
  while (::read(ends[0], &next, sizeof next) == sizeof next)
    acknowledged = next;
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return acknowledged;
}

void check_kill(int kill_after) {
  constexpr int seeds = 40;
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  { REQUIRE(open_writer(path)->submit(make_submission(sweep_of(seeds)))); }
  const std::int32_t acknowledged = kill_while_writing(path, seeds, kill_after);
  CAPTURE(kill_after, acknowledged);
  REQUIRE(acknowledged >= kill_after);

  // A reader of the file alone sees a consistent state at once, before any writer has come.
  CHECK(sums_contradiction(path) == "");
  const auto writer = open_writer(path);
  CHECK(writer->epoch() == Epoch{3});
  CHECK(sums_contradiction(path) == "");
  const auto done = query(path, "SELECT run FROM runs WHERE state = 'finished'");
  const std::set<std::string> found(done.begin(), done.end());
  const auto runs = make_expansion(sweep_of(seeds)).runs;
  for (std::int32_t i = 0; i < acknowledged; ++i)
    CHECK(found.contains(runs[static_cast<std::size_t>(i)].id.hex()));
  // At most the one batch that was being acknowledged is there as well.
  CHECK(found.size() <= std::size_t(acknowledged) + 7);
  CHECK(writer->load_open()->runs.size() == runs.size() - found.size());
  CHECK(query_one(path, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("every acknowledged result survives kill -9 of the writer") {
  check_kill(GENERATE(1, 20, 100));
}

TEST_CASE("every acknowledged result survives kill -9 at many moments", "[ci]") {
  check_kill(GENERATE(range(1, 300, 13)));
}

TEST_CASE("a submission that is killed is there whole or not at all", "[ci]") {
  const int delay_us = GENERATE(range(0, 60'000, 4000));
  CAPTURE(delay_us);
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  { open_writer(path); }
  const auto request = make_submission(sweep_of(1500), "big");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto writer = Writer::open({.path = path}, TimePoint{1});
    ::_exit(writer && (*writer)->submit(request) ? 0 : 1);
  }
  ::usleep(static_cast<useconds_t>(delay_us));
  ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  const auto writer = open_writer(path);
  CHECK(sums_contradiction(path) == "");
  const std::string runs = query_one(path, "SELECT count(*) FROM run");
  CHECK((runs == "0" || runs == "12000"));
  const auto again = writer->submit(request);
  REQUIRE(again);
  CHECK(again->repeated == (runs == "12000"));
}

}  // namespace
}  // namespace scanyard::store
