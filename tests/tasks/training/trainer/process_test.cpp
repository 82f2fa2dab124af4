//! The real scanyard-train obeys docs/trainer_protocol.md.
#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <set>

#include "tests/support/temporary_folder.hpp"
#include "tests/tasks/training/trainer/trainer_process.hpp"

namespace scanyard {
namespace {

namespace lines = trainer_lines;
using testing::TrainerProcess;

std::string shape_of(int epochs, int train = 64) {
  return R"({"model":"bdlru","m":2,"hidden":4,"width":16,"layers":1,"task":"permutation","group":3,)"
         R"("length":4,"test":32,"batch":16,"precision":"fp32","epochs":)" +
         std::to_string(epochs) + R"(,"train":)" + std::to_string(train) + "}";
}

RunId run_id(std::uint8_t n) {
  RunId id;
  id.bytes.fill(n);
  return id;
}

lines::Replica replica(std::uint8_t n, const std::string& resume = "") {
  return {run_id(n), R"({"lr":0.003,"early_stop":1,"seed":)" + std::to_string(n) + "}", resume};
}

RunOutcome finished(TrainerProcess& trainer, std::uint8_t n) {
  while (true) {
    const auto event = trainer.next<lines::Finished>();
    if (event.run == run_id(n)) return event.outcome;
  }
}

TEST_CASE("a trainer starts two runs, adds one, stops one, saves, ignores garbage, and quits") {
  testing::TemporaryFolder folder;
  TrainerProcess trainer({"--device", "cpu", "--threads", "1"});
  const auto ready = std::get<lines::Ready>(trainer.event());
  CHECK(ready.version == lines::version);
  CHECK(ready.device == "cpu");
  CHECK_FALSE(ready.device_name.empty());
  CHECK_FALSE(ready.build.empty());

  constexpr int for_ever = 1000000;
  trainer.send(lines::Start{shape_of(for_ever), {replica(1), replica(2)}});
  CHECK(std::get<lines::Started>(trainer.event()).replicas == 2);
  trainer.send_text("this is no command\n{\"type\":\"dance\"}\n\n");
  CHECK(trainer.next<lines::Epoch>().point.epoch == 1);

  trainer.send(lines::Add{{replica(3)}});
  while (trainer.next<lines::Epoch>().run != run_id(3)) {
  }
  trainer.send(lines::Checkpoint{folder.path().string()});
  std::set<RunId> saved;
  std::string path_of_2;
  for (int i = 0; i < 3; ++i) {
    const auto checkpointed = trainer.next<lines::Checkpointed>();
    saved.insert(checkpointed.run);
    if (checkpointed.run == run_id(2)) path_of_2 = checkpointed.path;
    CHECK(std::ifstream(checkpointed.path).good());
  }
  CHECK(saved == std::set{run_id(1), run_id(2), run_id(3)});

  const auto before = trainer.next<lines::Alive>().steps_done;
  CHECK(trainer.next<lines::Alive>().steps_done > before);

  trainer.send(lines::Stop{{run_id(2)}});
  CHECK(trainer.next<lines::Stopped>().run == run_id(2));
  trainer.send(lines::Stop{{run_id(1), run_id(3)}});
  CHECK(trainer.next<lines::Stopped>().run == run_id(1));
  CHECK(trainer.next<lines::Stopped>().run == run_id(3));
  trainer.next<lines::Idle>();
  trainer.send(lines::Add{{replica(4)}});
  CHECK(trainer.next<lines::Failed>().reason == "trainer.no_pack");
  trainer.send(lines::Quit{});
  CHECK(trainer.wait() == 0);
  CHECK(trainer.log().find("event=bad_line") != std::string::npos);
  CHECK(trainer.log().find("unknown type") != std::string::npos);
}

TEST_CASE("a run ends with the same result from another process's checkpoint, and by hand") {
  testing::TemporaryFolder folder;
  const std::string shape = shape_of(30, 256);
  RunOutcome whole;
  std::string path;
  {
    TrainerProcess trainer({"--threads", "1"});
    trainer.send(lines::Start{shape, {replica(1), replica(2)}});
    trainer.send(lines::Checkpoint{folder.path().string()});  // is read before the first epoch ends
    trainer.next<lines::Epoch>();
    trainer.send(
        lines::Checkpoint{folder.path().string()});  // or too late: then the first one is used
    while (true) {
      const auto event = trainer.event();
      if (const auto* saved = std::get_if<lines::Checkpointed>(&event)) {
        if (saved->run == run_id(1)) path = saved->path;
      } else if (const auto* ended = std::get_if<lines::Finished>(&event)) {
        if (ended->run == run_id(1)) {
          whole = ended->outcome;
          break;
        }
      }
    }
    REQUIRE_FALSE(path.empty());
  }
  {
    TrainerProcess trainer({});
    trainer.send(lines::Start{shape, {replica(3), replica(1, path)}});
    auto continued = finished(trainer, 1);
    continued.train_s = whole.train_s;
    CHECK(continued == whole);
    trainer.send(lines::Quit{});
    CHECK(trainer.wait() == 0);
  }
  // What the page's "command that repeats this run" does.
  TrainerProcess person({"--json", "--shape", shape, "--replica", replica(1).values_json});
  auto by_hand = person.next<lines::Finished>().outcome;
  by_hand.train_s = whole.train_s;
  by_hand.pack_size = whole.pack_size;
  CHECK(by_hand == whole);
  CHECK(person.wait() == 0);
}

TEST_CASE("a trainer ends when its input does, also in the middle of training") {
  TrainerProcess idle({});
  idle.next<lines::Ready>();
  idle.close_input();
  CHECK(idle.wait() == 0);
  TrainerProcess busy({});
  busy.send(lines::Start{shape_of(1000000), {replica(1)}});
  busy.next<lines::Epoch>();
  busy.close_input();
  CHECK(busy.wait() == 0);
}

TEST_CASE("a trainer ends when nobody reads its events") {
  TrainerProcess trainer({});
  trainer.send(lines::Start{shape_of(1000000), {replica(1)}});
  trainer.next<lines::Epoch>();
  trainer.close_output();
  CHECK(trainer.wait() == 0);
}

TEST_CASE("a GPU that is not there is one message and exit code 3", "[ci]") {
  TrainerProcess trainer({"--device", "cuda:63"});
  CHECK(trainer.wait() == 3);
  CHECK(trainer.log().find("GPU") != std::string::npos);
}

TEST_CASE("bad usage is one message and exit code 2", "[ci]") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--device", "tpu"},
                                                    {"--threads", "0"},
                                                    {"--nonsense"},
                                                    {"--shape", "{}"},
                                                    {"--run", "/nowhere.json"}}) {
    TrainerProcess trainer(arguments);
    CAPTURE(arguments.back());
    CHECK(trainer.wait() == 2);
    CHECK_FALSE(trainer.log().empty());
  }
}

TEST_CASE("a file of runs is trained as one pack and reported in text", "[ci]") {
  testing::TemporaryFolder folder;
  const std::string path = (folder.path() / "job.json").string();
  const auto job = [&](const std::string& text) { std::ofstream(path) << text; };
  job(R"({"shape":)" + shape_of(2) +
      R"(,"replicas":[{"values":{"lr":0.01,"seed":1}},{"values":{"lr":0.1,"seed":2}}]})");
  TrainerProcess trainer({"--run", path});
  std::string text;
  while (const auto line = trainer.line())
    text += *line + "\n";
  CHECK(trainer.wait() == 0);
  CHECK(text.find("run 1: epoch    2  step       8  loss ") != std::string::npos);
  CHECK(text.find("run 1: finished after 2 epochs, 8 steps, ") != std::string::npos);
  CHECK(text.find("  lowest perplexity  epoch ") != std::string::npos);

  job(R"({"shape":)" + shape_of(2) + R"(,"replicas":[{"values":{"lr":"fast","seed":1}}]})");
  TrainerProcess refused({"--run", path});
  const auto line = refused.line();
  REQUIRE(line);
  CHECK(line->find("run 1: failed: ") == 0);
  CHECK(line->find("(trainer.bad_values)") != std::string::npos);
  CHECK(refused.wait() == 2);
  job(R"({"replicas":[]})");
  TrainerProcess empty({"--run", path});
  CHECK(empty.wait() == 2);
  CHECK(empty.log().find("'shape' is missing") != std::string::npos);
}

TEST_CASE("a pack that does not fit into memory fails with the reason, and a smaller one trains",
          "[ci]") {
  TrainerProcess trainer({}, std::size_t{3} << 30);
  trainer.next<lines::Ready>();
  // Four million tokens a batch: 2 GB for one activation of width 128.
  const std::string large =
      R"({"model":"bdlru","m":1,"hidden":2,"width":128,"layers":1,"task":"selective_copying","vocab":8,)"
      R"("length":1024,"train":4096,"test":1,"batch":4096,"precision":"fp32","epochs":1})";
  trainer.send(lines::Start{large, {replica(1), replica(2), replica(3)}});
  CHECK(trainer.next<lines::Failed>().reason == "trainer.out_of_memory");
  CHECK(trainer.next<lines::Failed>().reason == "trainer.out_of_memory");
  trainer.next<lines::Idle>();
  trainer.send(lines::Start{shape_of(1), {replica(1)}});
  CHECK(trainer.next<lines::Finished>().run == run_id(1));
}

}  // namespace
}  // namespace scanyard
