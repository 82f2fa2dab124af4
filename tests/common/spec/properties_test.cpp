//! What must hold for every spec: checked on random ones, with the smallest counterexample shown.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "common/hash.hpp"
#include "tests/common/spec/random_spec.hpp"
#include "tests/common/spec/small_vocabulary.hpp"
#include "tests/support/rapidcheck_catch2.hpp"

namespace scanyard::spec {
namespace {

Expansion must_expand(const std::string& yaml) {
  auto expansion = expand_text(yaml);
  if (!expansion) RC_FAIL(expansion.error().to_string() + "\n" + yaml);
  return std::move(*expansion);
}

std::set<RunId> ids(const Expansion& expansion) {
  std::set<RunId> all;
  for (const auto& run : expansion.runs)
    all.insert(run.id);
  return all;
}

/// Everything that an expansion says, as one text.
std::string fingerprint(const Expansion& e) {
  std::string text;
  for (const auto& shape : e.shapes)
    text += shape.json + '\n';
  for (const auto& run : e.runs)
    text += fmt::format("{} {} {}\n", run.id.hex(), run.shape, run.replica_json);
  for (const auto& cell : e.cells)
    text += cell.json + cell.label + '\n';
  for (const auto& m : e.memberships)
    text += fmt::format("{} {},", m.cell, m.run);
  return text;
}

TEST_CASE("properties of every expansion") {
  check_property("a grid has the product of its axes, each run once", [] {
    const RandomSpec spec = *random_spec();
    const Expansion e = must_expand(spec.yaml());
    RC_ASSERT(e.runs.size() + e.duplicates == spec.combinations());
    RC_ASSERT(ids(e).size() == e.runs.size());
  });

  check_property("the order of keys in the file changes nothing", [] {
    const RandomSpec spec = *random_spec();
    const auto order = *rc::gen::container<std::vector<std::uint32_t>>(16, rc::gen::arbitrary<std::uint32_t>());
    RC_ASSERT(fingerprint(must_expand(spec.yaml())) == fingerprint(must_expand(spec.yaml(order))));
  });

  check_property("expanding twice gives the same, byte for byte", [] {
    const std::string yaml = (*random_spec()).yaml();
    RC_ASSERT(fingerprint(must_expand(yaml)) == fingerprint(must_expand(yaml)));
  });

  check_property("a further value of an axis only adds runs", [] {
    RandomSpec spec = *random_spec();
    const auto before = ids(must_expand(spec.yaml()));
    RC_PRE(spec.add_value(*rc::gen::arbitrary<std::uint32_t>()));
    const auto after = ids(must_expand(spec.yaml()));
    RC_ASSERT(after.size() >= before.size());
    RC_ASSERT(std::includes(after.begin(), after.end(), before.begin(), before.end()));
  });

  check_property("ids, shapes and memberships refer to each other", [] {
    const Expansion e = must_expand((*random_spec()).yaml());
    std::vector<bool> run_has_cell(e.runs.size(), false), cell_has_run(e.cells.size(), false);
    for (const auto& m : e.memberships) {
      run_has_cell.at(m.run) = true;
      cell_has_run.at(m.cell) = true;
    }
    RC_ASSERT(std::count(run_has_cell.begin(), run_has_cell.end(), false) == 0);
    RC_ASSERT(std::count(cell_has_run.begin(), cell_has_run.end(), false) == 0);
    std::uint64_t runs = 0;
    for (const auto& block : e.blocks)
      runs += block.runs;
    RC_ASSERT(runs == e.runs.size());
    for (const auto& run : e.runs) {
      const std::string canonical = e.shapes.at(run.shape).json + "\n" + run.replica_json;
      RC_ASSERT(run.id == Hasher().update(canonical).finish());
    }
    RC_ASSERT(std::is_sorted(e.runs.begin(), e.runs.end(), [](auto& a, auto& b) { return a.shape < b.shape; }));
  });
}

TEST_CASE("properties of what takes combinations out") {
  check_property("exclude and its opposite divide the runs between them", [] {
    const RandomSpec spec = *random_spec();
    const auto all = ids(must_expand(spec.yaml()));
    const int limit = *rc::gen::inRange(1, 70);
    // Constraints, since either side may be empty: what is left of an exclude may not.
    const auto small = expand_text(spec.yaml() + fmt::format("where: hidden <= {}\n", limit));
    const auto large = expand_text(spec.yaml() + fmt::format("where: not (hidden <= {})\n", limit));
    std::set<RunId> joined;
    if (small) joined.merge(ids(*small));
    if (large) joined.merge(ids(*large));
    RC_ASSERT(joined == all);
    RC_ASSERT((small ? small->runs.size() : 0) + (large ? large->runs.size() : 0) == all.size());
  });

  check_property("an exclude of one value takes out exactly the combinations with it", [] {
    RandomSpec spec = *random_spec();
    spec.add_value_to("hidden");
    const auto& hidden = spec.axis("hidden");
    const std::string out = hidden[*rc::gen::inRange<std::size_t>(0, hidden.size())];
    const Expansion all = must_expand(spec.yaml());
    const Expansion left = must_expand(spec.yaml() + fmt::format("exclude: {{hidden: {}}}\n", out));
    const std::uint64_t combinations = spec.combinations();
    RC_ASSERT(left.runs.size() + left.duplicates == combinations - combinations / hidden.size());
    RC_ASSERT(left.runs.size() < all.runs.size());
  });

  check_property("including what is there already changes no run", [] {
    const RandomSpec spec = *random_spec();
    const std::string again = spec.axis("hidden").front();
    const Expansion with = must_expand(spec.yaml() + fmt::format("include: {{hidden: {}}}\n", again));
    RC_ASSERT(ids(with) == ids(must_expand(spec.yaml())));
  });
}

TEST_CASE("the same runs in blocks are the same runs") {
  check_property("one block for each model names what one grid names", [] {
    RandomSpec spec = *random_spec();
    const auto whole = ids(must_expand(spec.yaml()));
    std::string blocks = "blocks:\n";
    for (const auto& model : spec.axis("model"))
      blocks += fmt::format("  - {{fixed: {{model: {}}}}}\n", model);
    RC_ASSERT(ids(must_expand(spec.yaml() + blocks)) == whole);
  });
}

}  // namespace
}  // namespace scanyard::spec
