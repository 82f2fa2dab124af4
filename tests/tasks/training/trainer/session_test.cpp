#include "tasks/training/trainer/session.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <new>
#include <stdexcept>

#include "tests/support/temporary_folder.hpp"

namespace scanyard::training {
namespace {

namespace lines = trainer_lines;

const std::string shape =
    R"({"model":"bdlru","m":2,"hidden":4,"width":16,"layers":1,"task":"permutation","group":3,)"
    R"("length":4,"train":40,"test":24,"batch":16,"precision":"fp32","epochs":3})";

RunId run_id(std::uint8_t n) {
  RunId id;
  id.bytes.fill(n);
  return id;
}

lines::Replica replica(std::uint8_t n, const std::string& values = R"({"lr":0.003,"seed":1})",
                       const std::string& resume = "") {
  return {run_id(n), values, resume};
}

/// A session that remembers what it said.
struct Recorded {
  std::vector<lines::Event> events;
  std::vector<std::string> notes;
  std::function<void()> on_step = [] {};
  bool device_works = true;
  Session session{{.options = at::TensorOptions().dtype(at::kFloat),
                   .now_s = [] { return 0.0; },
                   .device = "cpu: test",
                   .build = "test",
                   .device_works = [this] { return device_works; },
                   .on_step = [this] { on_step(); }},
                  {.emit = [this](const lines::Event& event) { events.push_back(event); },
                   .note = [this](NoteLevel, const std::string& text) { notes.push_back(text); }}};

  void finish() {
    while (session.training())
      session.advance();
  }
  /// The events of one kind.
  template <class Kind>
  std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto& event : events) {
      if (const auto* one = std::get_if<Kind>(&event)) found.push_back(*one);
    }
    return found;
  }
  bool ends_idle() const {
    return !events.empty() && std::holds_alternative<lines::Idle>(events.back());
  }
};

TEST_CASE("a pack says started, every epoch, every result, and idle") {
  Recorded r;
  r.session.handle(lines::Start{shape, {replica(1), replica(2, R"({"lr":0.01,"seed":2})")}});
  CHECK(r.session.training());
  r.finish();
  REQUIRE(r.all<lines::Started>().size() == 1);
  CHECK(r.all<lines::Started>()[0].replicas == 2);
  CHECK(std::holds_alternative<lines::Started>(r.events.front()));
  CHECK(r.all<lines::Epoch>().size() == 6);
  CHECK(r.all<lines::Finished>().size() == 2);
  CHECK(r.all<lines::Idle>().size() == 1);
  CHECK(r.ends_idle());
}

TEST_CASE("a shape that cannot be built fails every run and leaves the trainer idle") {
  for (const char* bad : {"{\"model\":\"bdlru\"}", "\"text\"", "[]", "{\"modell\":1}"}) {
    Recorded r;
    r.session.handle(lines::Start{bad, {replica(1), replica(2)}});
    CHECK_FALSE(r.session.training());
    REQUIRE(r.all<lines::Failed>().size() == 2);
    CHECK(r.all<lines::Failed>()[1].run == run_id(2));
    CHECK(r.all<lines::Failed>()[1].reason == "trainer.bad_shape");
    CHECK_FALSE(r.all<lines::Failed>()[1].message.empty());
    CHECK(r.all<lines::Started>().empty());
    CHECK(r.ends_idle());
  }
}

TEST_CASE("a run with bad values fails alone") {
  Recorded r;
  r.session.handle(
      lines::Start{shape, {replica(1, R"({"lr":-1,"seed":1})"), replica(2), replica(3, "7")}});
  REQUIRE(r.all<lines::Failed>().size() == 2);
  CHECK(r.all<lines::Failed>()[0].run == run_id(1));
  CHECK(r.all<lines::Failed>()[0].reason == "trainer.bad_values");
  CHECK(r.all<lines::Started>().at(0).replicas == 1);
  r.finish();
  CHECK(r.all<lines::Finished>().at(0).run == run_id(2));
  CHECK(r.ends_idle());
}

TEST_CASE("a start of nothing, or of bad runs only, ends idle without having started") {
  Recorded r;
  r.session.handle(lines::Start{shape, {}});
  CHECK(r.all<lines::Started>().empty());
  CHECK(r.ends_idle());
  r.session.handle(lines::Start{shape, {replica(1, "{}")}});
  CHECK(r.all<lines::Started>().empty());
  CHECK(r.all<lines::Failed>().size() == 1);
  CHECK(r.ends_idle());
}

TEST_CASE("a second start is refused, and the running pack goes on") {
  Recorded r;
  r.session.handle(lines::Start{shape, {replica(1)}});
  r.session.advance();
  r.session.handle(lines::Start{shape, {replica(1), replica(2)}});
  REQUIRE(r.all<lines::Failed>().size() == 1);
  CHECK(r.all<lines::Failed>()[0].run == run_id(2));
  CHECK(r.all<lines::Failed>()[0].reason == "trainer.busy");
  r.finish();
  CHECK(r.all<lines::Finished>().size() == 1);
}

TEST_CASE("a run that is added joins, and one that is here already is not doubled") {
  Recorded r;
  r.session.handle(lines::Start{shape, {replica(1)}});
  r.session.advance();
  r.session.handle(lines::Add{{replica(1), replica(2), replica(2)}});
  CHECK(r.notes.size() == 2);
  r.finish();
  CHECK(r.all<lines::Finished>().size() == 2);
  CHECK(r.all<lines::Finished>()[1].outcome.pack_size == 2);
  CHECK(r.all<lines::Failed>().empty());
}

TEST_CASE("an add that comes after the pack's end is answered with no_pack") {
  Recorded r;
  r.session.handle(lines::Add{{replica(1)}});
  REQUIRE(r.all<lines::Failed>().size() == 1);
  CHECK(r.all<lines::Failed>()[0].reason == "trainer.no_pack");
  CHECK_FALSE(r.session.training());
}

TEST_CASE("every run of a stop is answered, known or not, and the last one leaves idle") {
  Recorded r;
  r.session.handle(lines::Start{shape, {replica(1), replica(2)}});
  r.session.advance();
  r.session.handle(lines::Stop{{run_id(1), run_id(9)}});
  CHECK(r.all<lines::Stopped>().size() == 2);
  CHECK(r.session.training());
  r.session.handle(lines::Stop{{run_id(2)}});
  CHECK(r.all<lines::Stopped>().size() == 3);
  CHECK_FALSE(r.session.training());
  CHECK(r.ends_idle());
  CHECK(r.all<lines::Finished>().empty());
}

TEST_CASE("a checkpoint is answered at once for every run, and continues with its whole curve") {
  testing::TemporaryFolder folder;
  Recorded whole;
  whole.session.handle(lines::Start{shape, {replica(1), replica(2, R"({"lr":0.01,"seed":2})")}});
  whole.finish();

  Recorded first;
  first.session.handle(lines::Start{shape, {replica(1), replica(2, R"({"lr":0.01,"seed":2})")}});
  for (int step = 0; step < 5; ++step)  // one epoch of 3 steps and 2 of the next
    first.session.advance();
  first.session.handle(lines::Checkpoint{folder.path().string()});
  const auto saved = first.all<lines::Checkpointed>();
  REQUIRE(saved.size() == 2);
  CHECK(saved[0].run == run_id(1));
  CHECK(saved[0].epoch == 1);
  CHECK(std::filesystem::exists(saved[1].path));

  Recorded second;
  second.session.handle(
      lines::Start{shape, {replica(2, R"({"lr":0.01,"seed":2})", saved[1].path)}});
  second.finish();
  const auto epochs = second.all<lines::Epoch>();
  REQUIRE(epochs.size() == 3);
  auto expected = whole.all<lines::Finished>()[1].outcome;
  expected.pack_size = 1;
  CHECK((second.all<lines::Finished>()[0].outcome == expected));
  CHECK((epochs[0].point == whole.all<lines::Epoch>()[1].point));
}

TEST_CASE("a checkpoint of another run is refused for that run only") {
  testing::TemporaryFolder folder;
  Recorded r;
  r.session.handle(lines::Start{shape, {replica(1)}});
  r.session.handle(lines::Checkpoint{folder.path().string()});
  const auto path = r.all<lines::Checkpointed>().at(0).path;
  CHECK(r.all<lines::Checkpointed>()[0].epoch == 0);
  r.session.handle(lines::Stop{{run_id(1)}});
  r.session.handle(
      lines::Start{shape,
                   {replica(2, R"({"lr":0.003,"seed":1})", path),
                    replica(3, R"({"lr":0.003,"seed":1})", "/nowhere.safetensors"), replica(4)}});
  const auto failed = r.all<lines::Failed>();
  REQUIRE(failed.size() == 2);
  CHECK(failed[0].reason == "trainer.bad_checkpoint");
  CHECK(failed[1].message.find("/nowhere.safetensors") != std::string::npos);
  r.finish();
  CHECK(r.all<lines::Finished>().size() == 1);
}

TEST_CASE("a checkpoint that cannot be written is a line in the log, and training goes on") {
  Recorded r;
  r.session.handle(lines::Start{shape, {replica(1)}});
  r.session.handle(lines::Checkpoint{"/proc/nowhere"});
  CHECK(r.all<lines::Checkpointed>().empty());
  CHECK(r.notes.size() == 1);
  r.finish();
  CHECK(r.all<lines::Finished>().size() == 1);
}

TEST_CASE("a pack that does not fit into memory is halved, and every run gets its result") {
  const std::vector<lines::Replica> replicas = {replica(1), replica(2, R"({"lr":0.01,"seed":2})"),
                                                replica(3), replica(4, R"({"lr":0.02,"seed":3})")};
  Recorded whole;
  whole.session.handle(lines::Start{shape, replicas});
  whole.finish();
  Recorded r;
  int steps = 0;
  r.on_step = [&] {
    if (++steps == 5) throw std::bad_alloc();  // in the second of three epochs
  };
  r.session.handle(lines::Start{shape, replicas});
  r.finish();
  CHECK(r.all<lines::Failed>().empty());
  REQUIRE(r.notes.size() == 1);
  CHECK(r.notes[0].starts_with("event=pack_halved from=4 to=2"));
  CHECK(r.all<lines::Epoch>().size() == 4 * 3);  // none is told twice
  REQUIRE(r.all<lines::Finished>().size() == 4);
  CHECK(r.ends_idle());
  for (const auto& there : whole.all<lines::Finished>()) {
    for (auto here : r.all<lines::Finished>()) {
      if (here.run != there.run) continue;
      here.outcome.pack_size = there.outcome.pack_size;
      CHECK(here.outcome == there.outcome);
    }
  }
}

TEST_CASE("a stop reaches a run that waits for room") {
  Recorded r;
  int steps = 0;
  r.on_step = [&] {
    if (++steps == 1) throw std::bad_alloc();
  };
  r.session.handle(lines::Start{shape, {replica(1), replica(2)}});
  r.session.advance();
  r.session.handle(lines::Stop{{run_id(1), run_id(2)}});
  CHECK(r.all<lines::Stopped>().size() == 2);
  CHECK_FALSE(r.session.training());
  CHECK(r.ends_idle());
}

TEST_CASE("memory that does not do for one run fails every run in turn, and the next pack trains") {
  Recorded r;
  r.on_step = [] { throw std::bad_alloc(); };
  r.session.handle(lines::Start{shape, {replica(1), replica(2)}});
  r.finish();
  const auto failed = r.all<lines::Failed>();
  REQUIRE(failed.size() == 2);
  CHECK(failed[0].reason == "trainer.out_of_memory");
  CHECK(r.ends_idle());
  r.on_step = [] { throw std::runtime_error("a kernel failed\nwith a stack trace"); };
  r.session.handle(lines::Start{shape, {replica(3)}});
  r.session.advance();
  CHECK(r.all<lines::Failed>()[2].reason == "trainer.internal");
  CHECK(r.all<lines::Failed>()[2].message == "a kernel failed");
  r.on_step = [] {};
  r.session.handle(lines::Start{shape, {replica(1)}});
  r.finish();
  CHECK(r.all<lines::Finished>().size() == 1);
}

TEST_CASE("a device that does nothing any more fails the runs and asks for the end") {
  Recorded r;
  r.device_works = false;
  r.on_step = [] { throw std::runtime_error("an illegal memory access was encountered"); };
  r.session.handle(lines::Start{shape, {replica(1), replica(2)}});
  r.session.advance();
  REQUIRE(r.all<lines::Failed>().size() == 2);
  CHECK(r.all<lines::Failed>()[1].reason == "trainer.device_lost");
  CHECK(r.all<lines::Failed>()[1].message.find("illegal memory access") != std::string::npos);
  CHECK(r.session.device_lost());
  CHECK_FALSE(r.session.training());
}

TEST_CASE("quit is remembered, and idle commands without a pack do nothing") {
  Recorded r;
  r.session.handle(lines::Checkpoint{"/tmp"});
  CHECK(r.events.empty());
  CHECK_FALSE(r.session.quitting());
  r.session.handle(lines::Quit{});
  CHECK(r.session.quitting());
}

}  // namespace
}  // namespace scanyard::training
