#include "coordinator/store/attempt_table.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("slots survive being written as JSON") {
  const std::vector<SlotInfo> slots = {{.slot = SlotId{1},
                                        .device = "cuda:0",
                                        .device_name = "NVIDIA \"H100\"",
                                        .threads = 4,
                                        .memory_bytes = std::int64_t{80} << 30,
                                        .max_replicas = 64}};
  const auto back = slots_from_json(slots_to_json(slots));
  REQUIRE(back.size() == 1);
  CHECK(back[0].slot == SlotId{1});
  CHECK(back[0].device_name == "NVIDIA \"H100\"");
  CHECK(back[0].memory_bytes == std::int64_t{80} << 30);
  CHECK(back[0].max_replicas == 64);
  CHECK(slots_from_json("no json").empty());
  CHECK(slots_from_json("[1]").empty());
}

TEST_CASE("devices and builds are stored once, also around a batch that was rolled back") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  // The second result breaks a rule of the schema, so that the whole batch is rolled back.
  auto broken = make_result(runs[1].id, 0.5);
  broken.report.outcome->train_s = 1;
  broken.report.end = AttemptEnd::finished;
  {
    Database other(folder / "a.db", SQLITE_OPEN_READWRITE);
    other.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON result WHEN NEW.train_s = 1 "
        "BEGIN SELECT raise(ABORT, 'refused'); END");
  }
  CHECK_FALSE(writer->apply(std::vector<StoreWrite>{make_result(runs[0].id, 0.5), broken}));
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM label") == "0");
  apply(*writer, {make_result(runs[0].id, 0.5), make_result(runs[2].id, 0.5)});
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM label") == "2");
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM worker") == "1");
  CHECK(sums_contradiction(folder / "a.db") == "");
}

}  // namespace
}  // namespace scanyard::store
