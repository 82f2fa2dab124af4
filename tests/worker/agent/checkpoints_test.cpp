#include "worker/agent/checkpoints.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/outbox_reports.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

TEST_CASE("a checkpoint is found by its run until it is dropped") {
  const scanyard::testing::TemporaryFolder folder;
  const Checkpoints checkpoints(folder.path());
  const RunId run = report(1).run;
  CHECK(checkpoints.resume_path(run).empty());
  write_file(folder.path() / "whatever the trainer calls it", "state");
  CHECK(checkpoints.keep(run, folder.path() / "whatever the trainer calls it"));
  CHECK(read_file(checkpoints.resume_path(run)) == "state");
  CHECK(checkpoints.resume_path(report(2).run).empty());
  checkpoints.drop(run);
  CHECK(checkpoints.resume_path(run).empty());
}

TEST_CASE(
    "a later checkpoint replaces the earlier one, and one that is not there changes nothing") {
  const scanyard::testing::TemporaryFolder folder;
  const Checkpoints checkpoints(folder.path());
  const RunId run = report(1).run;
  write_file(folder.path() / "a", "old");
  REQUIRE(checkpoints.keep(run, folder.path() / "a"));
  write_file(folder.path() / "b", "new");
  REQUIRE(checkpoints.keep(run, folder.path() / "b"));
  CHECK_FALSE(checkpoints.keep(run, folder.path() / "missing"));
  CHECK(read_file(checkpoints.resume_path(run)) == "new");
  CHECK(checkpoints.keep(run, checkpoints.resume_path(run)));
}

}  // namespace
}  // namespace scanyard::worker
