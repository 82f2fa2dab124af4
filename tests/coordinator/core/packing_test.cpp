#include "coordinator/core/packing.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/coordinator/core/harness.hpp"

namespace scanyard::core {
namespace {

std::set<std::string> seeds_of(const protocol::Grant& grant) {
  std::set<std::string> seeds;
  for (const auto& replica : grant.replicas)
    seeds.insert(replica.values_json);
  return seeds;
}

TEST_CASE("a pack holds runs of one shape key, as many as the slot takes") {
  Harness h;
  h.submit(1, 0, 10, "A");
  h.submit(1, 100, 10, "B");
  const PeerId w = h.hello({.max_replicas = 4});
  h.want(w, 8);
  const auto grant = h.grant(w);
  CHECK(grant.shape_json == R"({"model":"A"})");
  CHECK(seeds_of(grant) ==
        std::set<std::string>{"{\"seed\":0}", "{\"seed\":1}", "{\"seed\":2}", "{\"seed\":3}"});
}

TEST_CASE("memory limits a pack") {
  Harness h;
  h.submit(1, 0, 10, "A", 300e6);
  const PeerId w = h.hello({.max_replicas = 8, .memory_bytes = 1'000'000'000});
  h.want(w, 8);
  CHECK(h.grant(w).replicas.size() == 3);
}

TEST_CASE("a run that does not fit is passed over, and one that fits is granted") {
  Harness h;
  h.submit(1, 0, 2, "large", 990e6);
  h.submit(1, 10, 2, "small", 100e6);
  const PeerId w = h.hello({.memory_bytes = 960'000'000});
  h.want(w, 4);
  CHECK(h.grant(w).shape_json == R"({"model":"small"})");
  CHECK(h.phase(0) == RunPhase::queued);
  const PeerId larger = h.hello({.name = "w2", .memory_bytes = 1'000'000'000});
  h.want(larger, 4);
  CHECK(h.grant(larger).shape_json == R"({"model":"large"})");
}

TEST_CASE("a slot that does not say how much memory it has takes every run") {
  Harness h;
  h.submit(1, 0, 1, "A", 1e13);
  const PeerId w = h.hello({.memory_bytes = 0});
  h.want(w, 1);
  CHECK(h.grant(w).replicas.size() == 1);
}

TEST_CASE("at the end every slot gets an equal share") {
  Harness h;
  h.submit(1, 0, 10, "A");
  const PeerId w = h.hello({.slots = 4, .max_replicas = 64});
  std::vector<std::size_t> sizes;
  for (int slot = 0; slot < 4; ++slot) {
    h.want(w, 64, slot);
    for (const auto& grant : h.grants(w))
      sizes.push_back(grant.replicas.size());
  }
  CHECK(sizes == std::vector<std::size_t>{3, 3, 3, 1});
}

TEST_CASE("sweeps are granted by priority, then by submission, shape by shape") {
  Harness h;
  h.submit(1, 0, 2, "A");
  h.submit(1, 10, 2, "B");
  h.submit(2, 20, 2, "C");
  h.submit(3, 30, 2, "D");
  h.event([](Core& core, TimePoint now, Effects& out) {
    on_priority(core, {1}, SweepId{3}, 5, now, out);
  });
  h.commit();
  const PeerId w = h.hello({.slots = 8, .max_replicas = 2});
  std::string order;
  for (int slot = 0; slot < 8; ++slot) {
    h.want(w, 1, slot);
    for (const auto& grant : h.grants(w))
      order += grant.shape_json[10];
  }
  CHECK(order == "DDAABBCC");
}

TEST_CASE("a pack is filled up with runs of the same shape key from other sweeps") {
  Harness h;
  h.submit(1, 0, 2, "A");
  h.submit(2, 10, 2, "B");
  h.submit(3, 20, 2, "A");
  const PeerId w = h.hello({.max_replicas = 8});
  h.want(w, 8);
  const auto grant = h.grant(w);
  CHECK(seeds_of(grant) ==
        std::set<std::string>{"{\"seed\":0}", "{\"seed\":1}", "{\"seed\":20}", "{\"seed\":21}"});
}

TEST_CASE("a run that two sweeps want is granted once") {
  Harness h;
  h.submit(1, 0, 3, "A");
  h.submit(2, 0, 5, "A");
  CHECK(h.sweep(1).queued == 3);
  CHECK(h.sweep(2).queued == 5);
  const PeerId w = h.hello({.max_replicas = 16});
  h.want(w, 16);
  CHECK(h.grant(w).replicas.size() == 5);
  CHECK(h.sweep(1).running == 3);
  CHECK(h.sweep(2).running == 5);
}

TEST_CASE("a busy slot takes in only runs of the shape that it trains") {
  Harness h;
  h.submit(1, 0, 6, "A");
  h.submit(1, 10, 6, "B");
  const PeerId w = h.hello({.max_replicas = 8});
  h.want(w, 4);
  CHECK(h.grant(w).replicas.size() == 4);
  h.want(w, 4, 0, true);
  const auto joined = h.grant(w);
  CHECK(joined.shape_json == R"({"model":"A"})");
  CHECK(joined.replicas.size() == 2);
  h.want(w, 4, 0, true);
  CHECK(h.grants(w).empty());
}

TEST_CASE("nothing joins a pack while a more urgent sweep waits") {
  Harness h;
  h.submit(2, 0, 6, "A");
  const PeerId w = h.hello({.max_replicas = 8});
  h.want(w, 2);
  h.grant(w);
  h.submit(1, 10, 6, "B");
  h.want(w, 4, 0, true);
  CHECK(h.grants(w).empty());
}

TEST_CASE("a run that failed once goes into a small pack, one that failed twice trains alone") {
  Harness h({.setback_delay = Duration{0}});
  h.submit(1, 0, 8, "A");
  const PeerId w = h.hello({.max_replicas = 8});
  h.want(w, 8);
  for (const auto& replica : h.grant(w).replicas)
    h.report(w, replica, AttemptEnd::failed);
  h.commit();
  h.want(w, 8);
  auto second = h.grants(w);
  REQUIRE(second.size() == 1);
  CHECK(second[0].replicas.size() == 2);
  for (const auto& replica : second[0].replicas)
    h.report(w, replica, AttemptEnd::failed);
  h.commit();
  for (int i = 0; i < 3; ++i) {  // the other six of eight
    h.want(w, 8);
    for (const auto& replica : h.grant(w).replicas)
      h.report(w, replica);
  }
  h.want(w, 8);
  CHECK(h.grant(w).replicas.size() == 1);
  h.want(w, 8);
  CHECK(h.grants(w).empty());
}

}  // namespace
}  // namespace scanyard::core
