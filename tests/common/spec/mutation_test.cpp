//! Specs damaged at random: whatever stands in the file, the answer is an expansion or one error with its place.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/common/spec/small_vocabulary.hpp"
#include "tests/support/rapidcheck_catch2.hpp"

namespace scanyard::spec {
namespace {

/// One spec with every construct.
const std::string everything = R"yaml(name: everything
description: all of it
protocol: paper
limit: 5000
select: {report: last, maximise: [lr, seed], decimals: 3}
table: {rows: [model, m], columns: [state]}
fixed: {task: sum, batch: 64}
seeds: 1..3
zip:
  - {lr: [1e-3, 1e-2], weight_decay: [0, 0.1]}
derive: {hidden: "round(state / m)"}
where: [m * hidden <= 512, model != gru or m == 1]
blocks:
  - name: first
    grid: {model: [bd, h], state: {log: [16, 256], count: 5}, m: [1, 2, 4]}
    exclude: [{m: 4, state: 16}, m > 2 and model == h]
    include: {m: 8, state: 64}
    when:
      - if: {model: bd}
        grid: {gate: [softmax, sigmoid]}
  - fixed: {model: gru, hidden: 16}
)yaml";

/// Pieces that break things more often than random bytes do.
const std::vector<std::string> pieces = {"",  " ",      "\n", "\n  ", ":",  ": ",    "- ",   "[",       "]",    "{",
                                         "}", "'",      "\"", "#",    "&a", "*a",    "..",   "<=",      "==",   "(",
                                         ")", "%",      "^",  "-1",   "0",  "1e999", ".nan", "~",       "null", "true",
                                         "m", "seed",   "if", "m:",   "a",  "\xff",  "\t",   "---",     "...",  "!!x ",
                                         "|", "999999", "? ", "1..9", ",",  "state", "<<:",  "\xc3\xa9"};

std::string mutate(std::string text, const std::vector<std::uint32_t>& numbers) {
  for (std::size_t i = 0; i + 2 < numbers.size(); i += 3) {
    const std::size_t at = numbers[i] % (text.size() + 1);
    const std::size_t length = numbers[i + 1] % 4 == 0 ? numbers[i + 1] / 4 % 40 : numbers[i + 1] % 3;
    text.replace(at, std::min(length, text.size() - at), pieces[numbers[i + 2] % pieces.size()]);
  }
  return text;
}

TEST_CASE("the spec that is damaged is whole to begin with") {
  const auto expansion = expand_text(everything);
  INFO((expansion ? "" : expansion.error().to_string()));
  REQUIRE(expansion);
  CHECK(expansion->blocks.size() == 2);
}

void check_damaged(int cases) {
  check_property(
      "a damaged spec expands or is refused with file and line",
      [] {
        const auto count = *rc::gen::inRange<std::size_t>(1, 5);
        const auto numbers =
            *rc::gen::container<std::vector<std::uint32_t>>(3 * count, rc::gen::arbitrary<std::uint32_t>());
        const std::string text = mutate(everything, numbers);
        const auto expansion = expand_text(text, {.runs_max = 20'000, .combinations_max = 50'000});
        if (expansion) {
          RC_ASSERT(!expansion->runs.empty());
          RC_ASSERT(!expansion->cells.empty());
        } else {
          const std::string message = expansion.error().to_string();
          RC_ASSERT(message.starts_with("s.yaml:"));
          RC_ASSERT(message.find_first_of("123456789") == 7u);
          RC_ASSERT(!expansion.error().code().text.empty());
        }
      },
      cases);
}

TEST_CASE("a damaged spec is never more than one error") {
  check_damaged(300);
}
TEST_CASE("many damaged specs are never more than one error", "[ci]") {
  check_damaged(5000);
}
TEST_CASE("very many damaged specs are never more than one error", "[long]") {
  check_damaged(100'000);
}

}  // namespace
}  // namespace scanyard::spec
