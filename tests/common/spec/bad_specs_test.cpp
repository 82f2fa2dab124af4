//! Bad input: each spec gets one error with file, line, what is wrong and what would be right.
#include <catch2/catch_test_macros.hpp>

#include "common/spec/errc.hpp"
#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

/// Two lines that are fine alone; what follows starts in line 3.
const std::string base = "fixed: {model: bd, lr: 0.1}\ngrid: {m: [1, 2], hidden: [8, 16]}\n";

TEST_CASE("a file without content is refused") {
  CHECK(refusal_of("") ==
        "spec.empty_file | s.yaml:1: the file says nothing; a sweep needs at least 'fixed' or 'grid'");
  CHECK(refusal_of("# a comment\n").starts_with("spec.empty_file"));
  CHECK(refusal_of("[a]\n") == "yaml.wrong_type | s.yaml:1: a spec must be a mapping (key: value), not a list");
  CHECK(refusal_of("grid: {m: [1\n").starts_with("yaml.syntax | s.yaml:1: not valid YAML"));
}

TEST_CASE("an unknown key names the nearest valid one of its place") {
  CHECK(refusal_of("grdi: {m: [1]}\n") == "yaml.unknown_key | s.yaml:1: unknown key 'grdi'; did you mean 'grid'?");
  CHECK(refusal_of(base + "select: {maximize: lr}\n") ==
        "yaml.unknown_key | s.yaml:3: unknown key 'maximize' under 'select'; did you mean 'maximise'?");
  CHECK(refusal_of("fixed:\n  model: bd\n  hiden: 3\n") ==
        "yaml.unknown_key | s.yaml:3: unknown key 'hiden' under 'fixed'; did you mean 'hidden'?");
  CHECK(refusal_of(base + "when:\n  - if: {model: bd}\n    grd: {gate: softmax}\n") ==
        "yaml.unknown_key | s.yaml:5: unknown key 'grd' under 'when'; did you mean 'grid'?");
  CHECK(refusal_of(base + "exclude: {hiden: 8}\n") ==
        "yaml.unknown_key | s.yaml:3: unknown key 'hiden' under 'exclude'; did you mean 'hidden'?");
}

TEST_CASE("a known key in the wrong place is told where it belongs") {
  CHECK(refusal_of(base + "batch: 3\n") ==
        "yaml.unknown_key | s.yaml:3: unknown key 'batch'; put it under 'fixed' or 'grid'");
  CHECK(refusal_of("blocks:\n  - protocol: paper\n") ==
        "yaml.unknown_key | s.yaml:2: unknown key 'protocol' in a block; it can only stand at the top of the file");
  CHECK(refusal_of("grid: {m: [1], seeds: 5}\n") ==
        "yaml.unknown_key | s.yaml:1: unknown key 'seeds' under 'grid'; 'seeds' stands beside 'grid', not under it");
  CHECK(refusal_of("grid: {m: [1], state: [8]}\n") ==
        "yaml.unknown_key | s.yaml:1: unknown key 'state' under 'grid'; it is no key of a run and no 'derive' uses it");
}

TEST_CASE("a doubled key names both lines") {
  CHECK(refusal_of(base + "fixed: {batch: 8}\n") ==
        "yaml.doubled_key | s.yaml:3: the key 'fixed' stands here a second time; the first is in line 1");
}

TEST_CASE("a key that is set twice is refused, in one construct or in two") {
  CHECK(refusal_of("fixed: {m: 1}\ngrid:\n  m: [1, 2]\n") ==
        "spec.set_twice | s.yaml:3: 'm' is set already, in line 1");
  CHECK(refusal_of(base + "zip: {hidden: [1], batch: [2]}\n") ==
        "spec.set_twice | s.yaml:3: 'hidden' is set already, in line 2");
  CHECK(refusal_of(base + "derive: {hidden: m * 2}\n") ==
        "spec.set_twice | s.yaml:3: 'hidden' is set already, in line 2");
  CHECK(
      refusal_of(base + "when: {if: {m: 2}, fixed: {hidden: 4}}\n") ==
      "spec.set_twice | s.yaml:3: 'hidden' is set for all combinations in line 2; move that under a 'when' of its own, "
      "or remove one");
  CHECK(
      refusal_of(base +
                 "when:\n  - {if: {m: 2}, fixed: {gate: softmax}}\n  - {if: {hidden: 8}, fixed: {gate: sigmoid}}\n") ==
      "spec.set_twice | s.yaml:5: 'gate' is set here and in line 4, and there are combinations for which both hold");
}

TEST_CASE("seeds as an ordinary axis are refused with the right form") {
  const std::string advice = " write 'seeds: 5' or 'seeds: [1, 2, 3]' beside it";
  CHECK(refusal_of("grid: {seed: [1, 2]}\n") ==
        "spec.misplaced_seed | s.yaml:1: seeds are an axis of their own; instead of 'seed' under 'grid'" + advice);
  for (const char* construct : {"fixed: {seed: 1}", "zip: {seed: [1]}", "derive: {seed: m}"}) {
    CHECK(error_of(base.substr(0, base.find('\n') + 1) + construct).code().text != "");
    CHECK(error_of(construct).code() == errc::misplaced_seed);
  }
  CHECK(error_of(base + "when: {if: {m: 1}, grid: {seed: [1]}}\n").code() == errc::misplaced_seed);
}

TEST_CASE("a key that does not apply to a model is advised to go under a when") {
  CHECK(
      refusal_of("grid: {model: [bd, gru]}\nfixed: {m: 2,\n  hidden: 8, lr: 0.1}\n") ==
      "catalog.inapplicable_key | s.yaml:2: m does not apply to model gru (only to bd, h); put 'm' under a 'when' that "
      "holds only where it applies (at model=gru)");
  CHECK(refusal_of("fixed: {model: gru, hidden: 8, lr: 0.1}\ngrid:\n  gate: [softmax]\n") ==
        "catalog.inapplicable_key | s.yaml:3: gate does not apply to model gru (only to bd, h); put 'gate' under a "
        "'when' "
        "that holds only where it applies (at gate=softmax)");
}

TEST_CASE("an impossible shape names the line and the combination") {
  CHECK(refusal_of("fixed: {model: bd, lr: 0.1}\ngrid: {hidden: [8, 1024]}\nzip: {m: [64], batch: [2]}\n") ==
        "catalog.impossible_shape | s.yaml:3: hidden * m is too large (at batch=2, hidden=1024, m=64)");
  CHECK(refusal_of("fixed: {model: bd, hidden: 8}\n").starts_with("catalog.missing_key | s.yaml:1: lr is missing"));
}

TEST_CASE("lists that run side by side must have one length and no point twice") {
  CHECK(refusal_of("zip: {m: [1, 2], hidden: [8, 16, 32]}\n") ==
        "spec.bad_zip | s.yaml:1: 'zip.hidden' has 3 values and 'zip.m' has 2; lists that run side by side have one "
        "length");
  CHECK(refusal_of("zip: {m: [1, 2, 1], hidden: [8, 16, 8]}\n") ==
        "spec.bad_axis | s.yaml:1: the values at position 3 of this 'zip' stand there already");
  CHECK(refusal_of("zip: {m: [1, 2], hidden: [8, 16]}\nfixed: {model: bd, lr: 0.1}\ninclude: {m: 5}\n") ==
        "spec.bad_zip | s.yaml:1: 'm' of this 'zip' is set anew by a block or an include, but 'hidden' is not; set "
        "'hidden' "
        "there too");
}

TEST_CASE("a constraint that removes everything is named") {
  CHECK(refusal_of(base + "where: state <= 3\n") ==
        "spec.empty_expansion | s.yaml:3: nothing is left of 's': every combination is removed by 'where' in line 3 "
        "(state "
        "<= 3)");
  CHECK(refusal_of(base + "where:\n  - state > 8\n  - m < 2 and state < 10\n") ==
        "spec.empty_expansion | s.yaml:5: nothing is left of 's': every combination is removed by 'where' in line 4 "
        "(state > "
        "8) or 'where' in line 5 (m < 2 and state < 10)");
  CHECK(refusal_of(base + "exclude: {m: [1, 2]}\n") ==
        "spec.empty_expansion | s.yaml:3: nothing is left of 's': every combination is removed by 'exclude' in line 3");
  CHECK(refusal_of(base + "blocks:\n  - name: small\n  - name: large\n    where: m > 2\n") ==
        "spec.empty_expansion | s.yaml:6: nothing is left of 'large': every combination is removed by 'where' in line "
        "6 (m > "
        "2)");
  CHECK(refusal_of(base + "include: {m: 9}\nwhere: m < 5\n") ==
        "spec.empty_expansion | s.yaml:4: nothing is left of the 'include' in line 3: every combination is removed by "
        "'where' in line 4 (m < 5)");
}

TEST_CASE("a clause that meets nothing is refused, because it was meant to") {
  CHECK(refusal_of(base + "exclude: {m: 3}\n") ==
        "spec.matches_nothing | s.yaml:3: this 'exclude' matches no combination that is left at this point");
  CHECK(refusal_of(base + "when: {if: {m: 3}, fixed: {gate: softmax}}\n") ==
        "spec.matches_nothing | s.yaml:3: no combination meets this 'when'");
  CHECK(refusal_of(base + "where: copies < 3\n") ==
        "spec.matches_nothing | s.yaml:3: 'where' is 'copies < 3', but no combination has all of these values");
}

TEST_CASE("a clause that meets something in one of the blocks is fine") {
  CHECK(
      expand_text("fixed: {hidden: 8, lr: 0.1}\nexclude: {m: 2}\nblocks:\n  - {fixed: {model: gru}}\n"
                  "  - {fixed: {model: bd}, grid: {m: [1, 2]}}\n"));
}

TEST_CASE("more runs than the limit are refused, with the count") {
  CHECK(refusal_of(base + "seeds: 100\nlimit: 150\n") ==
        "spec.over_limit | s.yaml:4: the spec names 400 combinations, which are more than 150 different runs; its own "
        "limit "
        "is 150 runs");
  CHECK(refusal_of(base + "seeds: 100\n", {.runs_max = 10}) ==
        "spec.over_limit | s.yaml:1: the spec names at least 400 combinations; the limit is 10 runs");
  CHECK(refusal_of(base + "limit: 0\n") == "spec.bad_value | s.yaml:3: 'limit' must be at least 1, not 0");
}

TEST_CASE("a spec of any size is refused without trying") {
  CHECK(refusal_of("fixed: {model: bd}\nseeds: 1000000\ngrid:\n  m: 1..64\n  hidden: 1..4096\n  batch: 1..1024\n"
                   "  lr: {linear: [0.001, 1], count: 100000}\n  weight_decay: {linear: [0, 1], count: 100000}\n") ==
        "spec.over_limit | s.yaml:1: the spec names more than 20,000,000 combinations; the limit is 2,000,000 runs");
  CHECK(error_of(
            "fixed: {model: bd, lr: 0.1}\ngrid: {m: 1..64, hidden: 1..4096, batch: 1..1024}\nwhere: m * hidden == 0\n",
            {.combinations_max = 10'000})
            .code() == errc::over_limit);
}

TEST_CASE("derivations that cannot be calculated say why and where") {
  const std::string axes = "fixed: {model: bd, lr: 0.1}\ngrid: {m: [1, 3], state: [8, 9]}\n";
  CHECK(refusal_of(axes + "derive: {hidden: state / m}\n") ==
        "spec.bad_derivation | s.yaml:3: hidden = state / m is 2.66667, but 'hidden' is a whole number; write "
        "round(...), "
        "floor(...) or ceil(...), or keep only what divides with 'where' (at state=8, m=3)");
  CHECK(refusal_of(axes + "derive: {hidden: state / (m - 1)}\n") ==
        "spec.bad_derivation | s.yaml:3: hidden = state / (m - 1) is no finite number (at state=8, m=1)");
  CHECK(refusal_of(axes + "derive: {hidden: 8 - state}\n") ==
        "spec.bad_value | s.yaml:3: hidden = 8 - state must be from 1 to 4096, not 0 (at state=8)");
  CHECK(refusal_of("fixed: {model: bd, lr: 0.1, m: 1}\ngrid: {state: [8]}\nderive: {hidden: state / copies}\n") ==
        "spec.bad_derivation | s.yaml:3: 'hidden' follows from 'copies', which has no value in s; give it one, or put "
        "the "
        "derivation under a 'when'");
  CHECK(refusal_of(axes + "derive: {hidden: stat / m}\n") ==
        "yaml.unknown_key | s.yaml:2: unknown key 'state' under 'grid'; it is no key of a run and no 'derive' uses it");
  CHECK(refusal_of(axes + "derive: {gate: state}\n").starts_with("spec.bad_expression"));
}

TEST_CASE("derivations that go round in a circle name it") {
  CHECK(
      refusal_of("fixed: {model: bd, lr: 0.1, m: 1}\nderive:\n  hidden: batch * 2\n  batch: hidden / 2\n") ==
      "spec.cyclic_derivation | s.yaml:4: the derived values go round in a circle: 'batch' from 'hidden' from 'batch'");
  CHECK(refusal_of("fixed: {model: bd, lr: 0.1, m: 1}\nderive:\n  hidden: parameters / 2\n") ==
        "spec.cyclic_derivation | s.yaml:3: 'hidden' cannot follow from 'parameters', because 'parameters' follows "
        "from the "
        "complete shape, of which 'hidden' is a part");
  CHECK(refusal_of(base + "derive: {batch: batch + 1}\n").starts_with("spec.cyclic_derivation"));
}

TEST_CASE("a when cannot ask for what is derived after it") {
  CHECK(
      refusal_of(
          "fixed: {model: bd, lr: 0.1}\ngrid: {m: [1, 2]}\nderive: {hidden: m * 8}\nwhen: {if: {hidden: 8}, fixed: "
          "{batch: 2}}\n") ==
      "spec.bad_derivation | s.yaml:4: a 'when' cannot ask for 'hidden', which is derived (line 3); ask for what it is "
      "derived from");
}

TEST_CASE("an unknown preset, selection or table is refused") {
  CHECK(refusal_of("protocol: papre\n") ==
        "spec.unknown_preset | s.yaml:1: there is no protocol 'papre'; did you mean 'paper'?");
  CHECK(refusal_of(base + "select: {maximise: lr, average: lr}\n") ==
        "spec.bad_selection | s.yaml:3: 'lr' stands under both 'maximise' and 'average'");
  CHECK(refusal_of(base + "select: {maximise: [lr, lr]}\n") ==
        "spec.bad_selection | s.yaml:3: 'select.maximise' names 'lr' twice");
  CHECK(refusal_of(base + "select: {maximise: lrr}\n") ==
        "yaml.unknown_key | s.yaml:3: 'select.maximise' names 'lrr', which is no key of a run; did you mean 'lr'?");
  CHECK(refusal_of(base + "select: {report: lst}\n") ==
        "yaml.out_of_range | s.yaml:3: 'select.report' cannot be 'lst'; did you mean 'last'?");
  CHECK(refusal_of(base + "select: {decimals: 10}\n").starts_with("yaml.out_of_range"));
  CHECK(refusal_of(base + "table: {rows: m, columns: m}\n") ==
        "spec.bad_table | s.yaml:3: 'm' stands under both 'rows' and 'columns'");
  CHECK(refusal_of(base + "table: {rows: [lr]}\n") ==
        "spec.bad_table | s.yaml:3: 'table' names 'lr', but each number of the table is the best or the mean over it "
        "(see "
        "'select')");
  CHECK(refusal_of(base + "table: {rows: [copies]}\n") ==
        "spec.bad_table | s.yaml:3: 'table' names 'copies', but no run has it");
}

TEST_CASE("wrong kinds of values are refused where they stand") {
  CHECK(refusal_of("fixed: 3\n") == "yaml.wrong_type | s.yaml:1: 'fixed' must be a mapping (key: value), not '3'");
  CHECK(refusal_of("fixed: {m: [1, 2]}\n") ==
        "yaml.wrong_type | s.yaml:1: 'fixed.m' must be one value; a list belongs under 'grid'");
  CHECK(refusal_of("grid:\n  m:\n") == "yaml.wrong_type | s.yaml:2: 'grid.m' must be a whole number, not nothing");
  CHECK(refusal_of(base + "where: {m: 3}\n") == "yaml.wrong_type | s.yaml:3: 'where' must be text, not a mapping");
  CHECK(refusal_of(base + "where: 1 < 2\n") ==
        "spec.bad_expression | s.yaml:3: 'where' is '1 < 2', which depends on nothing");
  CHECK(refusal_of(base + "when: [{fixed: {gate: softmax}}]\n")
            .starts_with("yaml.missing_key | s.yaml:3: 'when' is a list"));
  CHECK(refusal_of(base + "when: gate\n").starts_with("yaml.missing_key"));
  CHECK(refusal_of(base + "include: {}\n").starts_with("yaml.missing_key"));
  CHECK(refusal_of(base + "exclude: []\ninclude: [3]\n").starts_with("yaml.wrong_type"));
  CHECK(refusal_of(base + "blocks: {a: 1}\n").starts_with("yaml.wrong_type"));
  CHECK(refusal_of(base + "blocks: [3]\n").starts_with("yaml.wrong_type"));
  CHECK(refusal_of(base + "name: [a]\n").starts_with("yaml.wrong_type"));
  CHECK(refusal_of(base + "name: ''\n") == "spec.bad_value | s.yaml:3: 'name' must be one line of 1 to 100 characters");
  CHECK(refusal_of(base + "name: '" + std::string(101, 'x') + "'\n").starts_with("spec.bad_value"));
}

TEST_CASE("an error changes nothing: the same text is refused the same way again") {
  const std::string spec = base + "where: state <= 3\n";
  CHECK(refusal_of(spec) == refusal_of(spec));
}

}  // namespace
}  // namespace scanyard::spec
