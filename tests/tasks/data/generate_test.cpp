#include "tasks/data/generate.hpp"

#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "tasks/catalog/rows.hpp"

namespace scanyard::data {
namespace {

/// FNV-1a over the values.
std::uint64_t fingerprint(const Sequences& sequences) {
  std::uint64_t hash = 14695981039346656037u;
  for (const auto* values : {&sequences.inputs, &sequences.targets}) {
    for (const std::int32_t value : *values)
      hash = (hash ^ std::uint32_t(value)) * 1099511628211u;
  }
  return hash;
}

catalog::ShapeConfig shape(const char* json) {
  return catalog::parse_shape(json).value();
}

TEST_CASE("every task of the catalog has a generator that writes tokens below its vocabulary") {
  for (const auto& row : catalog::tasks()) {
    const std::string json =
        row.name == "permutation"
            ? R"({"model":"lstm","hidden":4,"task":"permutation","group":4,"train":5,"test":3})"
            : R"({"model":"lstm","hidden":4,"task":")" + row.name + R"(","train":5,"test":3})";
    const auto config = shape(json.c_str());
    const TaskData data = generate(config, 1);
    CHECK(data.train.count == 5);
    CHECK(data.test.count == 3);
    for (const Sequences* part : {&data.train, &data.test}) {
      REQUIRE(part->inputs.size() == std::size_t(part->count * config.length));
      REQUIRE(part->targets.size() == part->inputs.size());
      for (const auto x : part->inputs)
        CHECK((x >= 0 && x < config.vocab));
      for (const auto y : part->targets)
        CHECK((y == ignored_target || (y >= 0 && y < config.vocab)));
    }
  }
}

TEST_CASE(
    "sequences stay the same from build to build: whoever changes them raises generator_version") {
  const auto s5 =
      shape(R"({"model":"lstm","hidden":4,"task":"permutation","group":5,"train":50,"test":9})");
  const auto copying =
      shape(R"({"model":"lstm","hidden":4,"task":"selective_copying","train":50,"test":9})");
  CHECK(fingerprint(generate(s5, 1).train) == 0x7e24361d685d9dc1);
  CHECK(fingerprint(generate(s5, 1).test) == 0x59b963f4a98db586);
  CHECK(fingerprint(generate(copying, 1).train) == 0x36e7e83fadb7a9dd);
  CHECK(fingerprint(generate(copying, 1).test) == 0x88c537c23ba464ea);
}

}  // namespace
}  // namespace scanyard::data
