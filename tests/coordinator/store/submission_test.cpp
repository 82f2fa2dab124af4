#include "coordinator/store/submission.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("a submission returns every run that is to be trained, in the spec's order") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto request = make_submission();
  const auto outcome = writer->submit(request);
  REQUIRE(outcome);
  CHECK(outcome->sweep == SweepId{1});
  CHECK(outcome->name == "small");
  CHECK(outcome->runs == 12);
  CHECK(outcome->new_runs == 12);
  CHECK(outcome->already_done == 0);
  REQUIRE(outcome->open.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) {
    CHECK(outcome->open[i].id == request.expansion->runs[i].id);
    CHECK(outcome->open[i].shape == request.expansion->runs[i].shape);
    CHECK(outcome->open[i].sweeps == std::vector{SweepId{1}});
  }
  REQUIRE(outcome->shapes.size() == 2);
  CHECK(outcome->shapes[0].flops == 51);
  CHECK(outcome->shapes[0].memory_bytes == 64);
  CHECK(sums_contradiction(folder / "a.db") == "");
}

TEST_CASE("the same request again changes nothing, also after a restart") {
  const TemporaryFolder folder;
  const auto request = make_submission({}, "request-1");
  {
    const auto writer = open_writer(folder / "a.db");
    REQUIRE(writer->submit(request));
    const auto again = writer->submit(request);
    REQUIRE(again);
    CHECK(again->repeated);
  }
  const auto again = open_writer(folder / "a.db")->submit(request);
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->sweep == SweepId{1});
  CHECK(again->runs == 12);
  CHECK(again->already_open == 12);
  CHECK(again->open.empty());
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM sweep") == "1");
}

TEST_CASE("without a request id every submission is one of its own") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  CHECK(writer->submit(make_submission())->sweep == SweepId{1});
  CHECK(writer->submit(make_submission())->sweep == SweepId{2});
}

TEST_CASE("a run that two sweeps ask for is one run") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto first = writer->submit(make_submission({.ms = {1, 2}}));
  apply(*writer, {make_result(first->open[6].id, 0.8)});  // the first run of m = 2
  const auto second = writer->submit(make_submission({.name = "wider", .ms = {2, 3}}));
  REQUIRE(second);
  CHECK(second->runs == 12);
  CHECK(second->new_runs == 6);
  CHECK(second->already_done == 1);
  CHECK(second->already_open == 5);
  CHECK(second->open.size() == 11);
  CHECK(second->open[0].sweeps == std::vector{SweepId{1}, SweepId{2}});
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM run") == "18");
  CHECK(sums_contradiction(folder / "a.db") == "");
  REQUIRE(writer->refresh() == 0);
  CHECK(query_one(folder / "a.db", "SELECT value FROM cells WHERE sweep = 2 AND m = 2") == "0.8");
}

TEST_CASE("failed and cancelled runs that a new sweep asks for become open with no failures") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto first = writer->submit(make_submission());
  const RunId failed = first->open[0].id, cancelled = first->open[1].id;
  apply(*writer, {make_end(failed, AttemptEnd::failed, {Epoch{1}, 5}, RunState::failed),
                  CancelRuns{{cancelled}, "not needed", TimePoint{1}}});
  const auto second = writer->submit(make_submission({.name = "again"}));
  REQUIRE(second);
  CHECK(second->already_open == 12);
  CHECK(second->open[0].failures == 0);
  CHECK(second->open[0].last_token == Token{Epoch{1}, 5});
  CHECK(second->open[0].last_token_ended);
  CHECK(query_one(folder / "a.db", "SELECT open FROM sweeps WHERE sweep = 1") == "12");
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM runs WHERE error IS NOT NULL") == "1");
  CHECK(sums_contradiction(folder / "a.db") == "");
}

TEST_CASE("an expansion that contradicts itself is refused and leaves nothing") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto refused = [&](auto&& spoil) {
    auto expansion = make_expansion();
    spoil(expansion);
    auto request = make_submission();
    request.expansion = std::make_shared<spec::Expansion>(expansion);
    const auto outcome = writer->submit(request);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code() == errc::bad_submission);
  };
  refused([](auto& e) { e.runs.clear(); });
  refused([](auto& e) { e.runs[3].shape = 2; });
  refused([](auto& e) { e.memberships[3].cell = 2; });
  refused([](auto& e) { e.memberships[3].run = 12; });
  refused([](auto& e) { e.memberships.pop_back(); });
  refused([](auto& e) { e.runs[3].id = e.runs[2].id; });
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM sweep") == "0");
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM run") == "0");
  CHECK(writer->submit(make_submission())->sweep == SweepId{1});
}

TEST_CASE("a shape is stored once, with the newest estimate of its cost") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  REQUIRE(writer->submit(make_submission()));
  auto expansion = make_expansion();
  expansion.shapes[0].cost.memory_bytes = 128;
  auto request = make_submission();
  request.expansion = std::make_shared<spec::Expansion>(expansion);
  REQUIRE(writer->submit(request));
  CHECK(query(folder / "a.db", "SELECT memory_bytes FROM shape ORDER BY id") ==
        std::vector<std::string>{"128.0", "64.0"});
}

}  // namespace
}  // namespace scanyard::store
