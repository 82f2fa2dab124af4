#include "tests/worker/core/core_harness.hpp"

#include "common/protocol/limits.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

AttemptReport old_report(const std::string& name, std::int64_t number) {
  AttemptReport report;
  report.run = run_named(name);
  report.token = token(number);
  report.end = AttemptEnd::failed;
  return report;
}

std::size_t reports_sent(const CoreHarness& h) {
  std::size_t count = 0;
  for (const auto& results : h.sent<protocol::Results>())
    count += results.reports.size();
  return count;
}

TEST_CASE("what lay in the outbox at the start is delivered before credit is given") {
  CoreHarness h(worker_info(), {}, {old_report("a", 1), old_report("b", 2)});
  h.ready();
  h.take(h.core.on_connected(h.now));
  CHECK(h.sent<protocol::Hello>()[0].outbox_records == 2);
  h.welcome();
  CHECK(reports_sent(h) == 2);
  bool results_seen = false;
  for (const auto& send : h.of<Send>()) {
    results_seen = results_seen || std::holds_alternative<protocol::Results>(send.message);
    if (std::holds_alternative<protocol::Want>(send.message)) CHECK(results_seen);
  }
}

TEST_CASE("results that nobody acknowledged are sent again, after a while and after a welcome") {
  CoreHarness h(worker_info(), {}, {old_report("a", 1)});
  h.connect();
  CHECK(reports_sent(h) == 1);
  h.tick({14'000});
  CHECK(reports_sent(h) == 0);
  h.tick({1'000});
  CHECK(reports_sent(h) == 1);
  h.welcome();
  CHECK(reports_sent(h) == 1);
  h.ack("a", token(1));
  h.tick({60'000});
  CHECK(reports_sent(h) == 0);
}

TEST_CASE("any verdict ends a report, and one that was not taken is logged") {
  using Verdict = protocol::Acknowledged::Verdict;
  for (const auto verdict : {Verdict::duplicate, Verdict::superseded, Verdict::unknown_run}) {
    CoreHarness h(worker_info(), {}, {old_report("a", 1)});
    h.connect();
    h.tell(protocol::Ack{{{run_named("a"), token(1), verdict}}});
    CHECK(h.core.outbox().empty());
    CHECK(h.of<Forget>().size() == 1);
    CHECK(h.noted("result.not_taken"));
  }
}

TEST_CASE("an acknowledgement of another token or run changes nothing") {
  CoreHarness h(worker_info(), {}, {old_report("a", 1)});
  h.connect();
  h.ack("a", token(2));
  h.ack("b", token(1));
  CHECK(h.core.outbox().size() == 1);
  CHECK(h.of<Forget>().empty());
}

TEST_CASE("a long backlog is sent in batches, with an upper limit on what is in flight") {
  std::vector<AttemptReport> backlog;
  for (int i = 0; i < 3000; ++i)
    backlog.push_back(old_report("r" + std::to_string(i), i + 1));
  CoreHarness h(worker_info(), {}, backlog);
  h.connect();
  CHECK(reports_sent(h) == 1024);
  protocol::Ack ack;
  for (const auto& results : h.sent<protocol::Results>()) {
    CHECK(std::ssize(results.reports) <= protocol::limits::reports_per_message_max);
    for (const auto& report : results.reports) {
      ack.items.push_back({report.run, report.token, protocol::Acknowledged::Verdict::accepted});
    }
  }
  h.tell(ack);
  CHECK(reports_sent(h) == 1024);
  CHECK(h.core.outbox().size() == 3000 - 1024);
}

TEST_CASE("large reports travel in several messages") {
  std::vector<AttemptReport> backlog;
  for (int i = 0; i < 5; ++i) {
    backlog.push_back(old_report("r" + std::to_string(i), i + 1));
    backlog.back().curve.assign(15'000, point(1));
  }
  CoreHarness h(worker_info(), {}, backlog);
  h.connect();
  CHECK(reports_sent(h) == 5);
  CHECK(h.sent<protocol::Results>().size() >= 3);
}

TEST_CASE("while the disk is full results are sent from memory and no new packs are taken") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.store_failed();
  CHECK(h.noted("outbox.blocked"));
  CHECK(reports_sent(h) == 1);
  h.event(trainer_lines::Idle{});
  for (const auto& want : h.sent<protocol::Want>())
    CHECK(want.replicas == 0);
  h.tick({2'000});
  REQUIRE(h.sent<protocol::Heartbeat>().size() == 1);
  CHECK(h.sent<protocol::Heartbeat>()[0].slots[0].trouble == reasons::outbox_blocked);
  CHECK(h.sent<protocol::Want>().empty());

  h.tick({3'000});
  REQUIRE(h.of<Store>().size() == 1);
  h.store_failed();
  CHECK_FALSE(h.noted("outbox.blocked"));
  h.tick({5'000});
  h.stored();
  CHECK(h.noted("outbox.writable"));
  REQUIRE(h.sent<protocol::Want>().size() == 1);
  CHECK(h.sent<protocol::Want>()[0].replicas == 4);
}

TEST_CASE(
    "when everything was delivered from memory the disk is tried again with the next result") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.store_failed();
  h.event(trainer_lines::Idle{});
  h.ack("a", token(1));
  CHECK(h.core.outbox().empty());
  h.tick({5'000});
  const auto wants = h.sent<protocol::Want>();
  REQUIRE(!wants.empty());
  CHECK(wants[0].replicas == 4);
}

TEST_CASE("a report that is acknowledged while it is being written is forgotten when it is there") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.store_failed();
  h.tick({5'000});
  const auto stores = h.of<Store>();
  REQUIRE(stores.size() == 1);
  h.ack("a", token(1));
  CHECK(h.of<Forget>().empty());
  h.take(h.core.on_stored({{stores[0].report.run, stores[0].report.token}}, h.now));
  CHECK(h.of<Forget>().size() == 1);
}

TEST_CASE("what an ended worker left behind is delivered once") {
  CoreHarness h(worker_info(), {}, {old_report("a", 1)});
  h.connect();
  h.take(h.core.on_adopted({old_report("a", 1), old_report("b", 2)}, h.now));
  CHECK(reports_sent(h) == 1);
  CHECK(h.core.outbox().size() == 2);
}

}  // namespace
}  // namespace scanyard::worker
