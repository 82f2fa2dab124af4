//! Coordinator, worker and trainers are killed at random moments: the table is that of an
//! undisturbed run.
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "tests/end_to_end/yard.hpp"

namespace scanyard::end_to_end {
namespace {

/// Trainers are killed often here: that must not use up a run's attempts.
const char* patient =
    "retries: {attempts_max: 100, losses_max: 100, alone_after: 50}\nleases: {heartbeat: 300 ms, "
    "lease: 3 s}";

std::string table_of(Yard& yard) {
  return yard.must({"results", "kills", "--csv"});
}

std::string undisturbed_table(const YardOptions& options, const std::string& spec) {
  Yard yard(options);
  yard.start_coordinator();
  yard.start_worker();
  yard.must({"submit", yard.write("kills.yaml", spec).string(), "--timeout", "30"});
  CHECK(yard.scanyard({"watch", "kills"}).code == 0);
  return table_of(yard);
}

/// Kills something every now and then until nothing is open any more. Returns how often.
int disturb(Yard& yard, std::mt19937& bits, int kills_max) {
  const auto pause = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + bits() % 900));
  };
  int kills = 0;
  while (kills < kills_max) {
    pause();
    ++kills;
    switch (bits() % 3) {
      case 0:
        yard.kill_coordinator();
        pause();
        yard.start_coordinator();
        break;
      case 1:
        yard.kill_worker();
        pause();
        yard.start_worker();
        break;
      default:
        yard.kill_trainer();
    }
    const auto status =
        nlohmann::json::parse(yard.must({"status", "kills", "--json", "--timeout", "60"}));
    const auto& runs = status["sweeps"][0]["runs"];
    if (runs["queued"] == 0 && runs["running"] == 0) break;
  }
  return kills;
}

void check_kills(YardOptions options, const std::string& spec, int runs, int kills_max) {
  options.settings = patient;
  const std::string expected = undisturbed_table(options, spec);
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 bits(seed);
  Yard yard(options);
  yard.start_coordinator();
  yard.start_worker();
  yard.must({"submit", yard.write("kills.yaml", spec).string(), "--timeout", "30"});
  const int kills = disturb(yard, bits, kills_max);
  INFO(yard.coordinator_log());
  INFO(yard.worker_log());
  CHECK(yard.scanyard({"watch", "kills"}).code == 0);
  CHECK(table_of(yard) == expected);
  CHECK(yard.done() == runs);
  CHECK(kills > 0);
}

TEST_CASE("kill -9 of coordinator, worker and trainers changes nothing in the table", "[ci]") {
  YardOptions options;
  options.step_ms = 60;
  check_kills(options, small_spec("kills", 6), 36, 12);
}

TEST_CASE("many kills change nothing in the table", "[long]") {
  YardOptions options;
  options.step_ms = 200;
  check_kills(options, small_spec("kills", 20), 120, 200);
}

#ifdef SCANYARD_HAS_TRAINER
TEST_CASE("with the real trainer, too, kills change nothing in the table", "[ci]") {
  YardOptions options;
  options.trainer = "real";
  // Two slots and equal packs: a run's numbers do not depend on its company.
  options.max_replicas = 3;
  const std::string spec =
      "name: kills\nprotocol: demo\n"
      "fixed: {task: permutation, group: 3, train: 2048, test: 64, length: 16, batch: 32, epochs: 30, "
      "hidden: 16, width: 32, "
      "model: bdlru, lr: 0.003}\n"
      "grid: {m: [1, 2]}\nseeds: 3\n";
  check_kills(options, spec, 6, 5);
}
#endif

TEST_CASE("a run that finishes while the coordinator is away is delivered when it is back",
          "[ci]") {
  YardOptions options;
  options.settings = patient;
  options.step_ms = 150;  // a run takes about a second
  Yard yard(options);
  yard.start_coordinator();
  yard.start_worker();
  yard.must({"submit", yard.write("away.yaml", small_spec("away", 2)).string(), "--timeout", "30"});
  const auto running = [&] {
    return nlohmann::json::parse(yard.must({"status", "--json"}))["sweeps"][0]["runs"]["running"] >
           0;
  };
  while (!running())
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto before = yard.done();
  yard.kill_coordinator();
  // The worker goes on: what it was granted ends up in its outbox.
  std::this_thread::sleep_for(std::chrono::seconds(3));
  yard.start_coordinator();
  yard.must({"status", "--timeout", "30"});
  CHECK(yard.scanyard({"watch", "away"}).code == 0);
  CHECK(yard.done() == 12);
  CHECK(before < 12);
  // Nothing of what was running was trained twice.
  CHECK(yard.counter("core.attempts_lost") == 0);
}

TEST_CASE("SIGTERM ends the coordinator in good order, and its successor goes on", "[ci]") {
  YardOptions options;
  options.settings = patient;
  options.step_ms = 60;
  Yard yard(options);
  yard.start_coordinator();
  yard.start_worker();
  yard.must({"submit", yard.write("stop.yaml", small_spec("stop", 2)).string(), "--timeout", "30"});
  const auto status = yard.stop_coordinator();
  CHECK(status.code == 0);
  CHECK(status.signal == 0);
  CHECK(yard.coordinator_log().find("coordinator.stopped") != std::string::npos);
  yard.start_coordinator();
  yard.wait_done(12);
}

}  // namespace
}  // namespace scanyard::end_to_end
