#include "tests/coordinator/core/harness.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/core/sanity.hpp"

namespace scanyard::core {

RunId run_id(int number) {
  RunId id;
  // Spread like a hash, so that the table's index is used as in real life.
  std::uint64_t mixed = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15ull + 1;
  for (auto& byte : id.bytes) {
    byte = static_cast<std::uint8_t>(mixed >> 56);
    mixed = mixed * 6364136223846793005ull + 1442695040888963407ull;
  }
  return id;
}

OpenRuns open_runs(int count) {
  OpenRuns open;
  open.sweeps.push_back({SweepId{1}, "old", "active", 0});
  open.shapes.push_back({R"({"model":"A"})", 1e9, 1e6});
  for (int i = 0; i < count; ++i) {
    OpenRun run;
    run.id = run_id(i);
    run.replica_json = R"({"seed":1})";
    run.sweeps = {SweepId{1}};
    open.runs.push_back(run);
  }
  return open;
}

AttemptReport make_report(const RunId& run, Token token, AttemptEnd end) {
  AttemptReport report;
  report.run = run;
  report.token = token;
  report.end = end;
  if (end == AttemptEnd::finished || end == AttemptEnd::diverged) {
    report.outcome = RunOutcome{};
    report.outcome->diverged = end == AttemptEnd::diverged;
  } else {
    report.reason = "trainer.killed";
    report.message = "signal 9";
  }
  return report;
}

Harness::Harness(CoreOptions options, const OpenRuns& open, Epoch epoch) {
  core = start(options, epoch, open, now, out);
  settle();
}

void Harness::submit(int sweep, int first, int count, const std::string& shape,
                     double memory_bytes) {
  SubmitOutcome outcome;
  outcome.sweep = SweepId{sweep};
  outcome.name = "sweep" + std::to_string(sweep);
  outcome.runs = outcome.new_runs = static_cast<std::uint64_t>(count);
  outcome.shapes.push_back({"{\"model\":\"" + shape + "\"}", 1e9, memory_bytes});
  for (int i = first; i < first + count; ++i) {
    OpenRun run;
    run.id = run_id(i);
    run.replica_json = "{\"seed\":" + std::to_string(i) + "}";
    run.sweeps = {SweepId{sweep}};
    outcome.open.push_back(run);
  }
  submit(outcome);
}

void Harness::submit(const SubmitOutcome& outcome) {
  on_submitted(core, outcome, now, out);
  settle();
}

PeerId Harness::hello(const TestWorker& worker, std::vector<protocol::RunningReplica> running,
                      std::int64_t outbox) {
  protocol::Hello hello;
  hello.worker = {worker.name, worker.instance, "host", "test", {}};
  for (int i = 0; i < worker.slots; ++i) {
    hello.worker.slots.push_back(
        {SlotId{i}, "cpu", "test cpu", 1, worker.memory_bytes, worker.max_replicas});
  }
  hello.running = std::move(running);
  hello.outbox_records = outbox;
  const PeerId peer{next_peer_++};
  on_hello(core, peer, "key", hello, now, out);
  settle();
  return peer;
}

void Harness::want(PeerId peer, int replicas, int slot, bool same_shape_only) {
  on_want(core, peer, {SlotId{slot}, replicas, same_shape_only}, now, out);
  settle();
}

void Harness::heartbeat(PeerId peer, std::vector<Token> held, std::int64_t outbox,
                        std::int64_t steps) {
  protocol::Heartbeat beat;
  beat.outbox_records = outbox;
  if (steps >= 0)
    beat.slots.push_back({SlotId{0}, steps, static_cast<std::int32_t>(held.size()), {}});
  beat.held = std::move(held);
  on_heartbeat(core, peer, beat, now, out);
  settle();
}

void Harness::report(PeerId peer, const protocol::GrantedReplica& replica, AttemptEnd end) {
  report(peer, make_report(replica.run, replica.token, end));
}

void Harness::report(PeerId peer, AttemptReport report) {
  protocol::Results results;
  results.reports.push_back(std::move(report));
  on_results(core, peer, std::move(results), now, out);
  settle();
}

void Harness::bye(PeerId peer) {
  on_bye(core, peer, {"test"}, now, out);
  settle();
}

void Harness::commit() {
  on_committed(core, last_write_, now, out);
  settle();
}

void Harness::fail_commit() {
  on_commit_failed(core, last_write_, Error(ErrorCode{"store.disk_full"}, "the disk is full"), now,
                   out);
  settle();
}

void Harness::pass(std::int64_t ms) {
  for (std::int64_t passed = 0; passed < ms; passed += 500) {
    now = now + Duration{500};
    on_tick(core, now, out);
    settle();
  }
}

std::vector<protocol::Grant> Harness::grants(PeerId peer) {
  return sent<protocol::Grant>(peer);
}

protocol::Grant Harness::grant(PeerId peer) {
  auto all = grants(peer);
  REQUIRE(all.size() == 1);
  return all.front();
}

std::vector<protocol::Acknowledged> Harness::acks(PeerId peer) {
  std::vector<protocol::Acknowledged> items;
  for (const auto& ack : sent<protocol::Ack>(peer))
    items.insert(items.end(), ack.items.begin(), ack.items.end());
  return items;
}

std::optional<Result<std::string>> Harness::reply(int request) const {
  const auto found = replies_.find(request);
  if (found == replies_.end()) return std::nullopt;
  return found->second;
}

RunPhase Harness::phase(int number) const {
  return run(number).phase;
}

const Run& Harness::run(int number) const {
  const RunIndex index = core.runs.find(run_id(number));
  REQUIRE(index.valid());
  return core.runs[index];
}

const Sweep& Harness::sweep(int id) const {
  const SweepIndex index = core.sweeps.find(SweepId{id});
  REQUIRE(index.valid());
  return core.sweeps[index];
}

void Harness::settle() {
  for (auto& send : out.sends)
    sent_[send.peer].push_back(std::move(send.message));
  for (auto& write : out.writes) {
    last_write_ = write.id;
    writes_.push_back(std::move(write.write));
  }
  for (auto& reply : out.replies)
    replies_.emplace(reply.request.value, std::move(reply.outcome));
  out.clear();
  for (const auto& fault : sanity_check(core))
    FAIL_CHECK(fault);
}

}  // namespace scanyard::core
