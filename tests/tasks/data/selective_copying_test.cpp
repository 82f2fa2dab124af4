#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tasks/data/generate.hpp"
#include "tests/tasks/data/golden.hpp"

namespace scanyard::data {
namespace {

struct Setting {
  std::int64_t vocab, length, copies;
};

catalog::ShapeConfig task(const Setting& setting, std::int64_t train) {
  catalog::ShapeConfig shape;
  shape.task = "selective_copying";
  shape.vocab = setting.vocab;
  shape.length = setting.length;
  shape.copies = setting.copies;
  shape.train = train;
  shape.test = 8;
  return shape;
}

/// Independent of the generator: reads the content tokens off the input, and checks its form on the
/// way.
template <class Integer>
std::vector<std::int64_t> expected_targets(std::span<const Integer> input, const Setting& s) {
  std::vector<std::int64_t> contents;
  const auto copy_at = std::size_t(s.length - s.copies - 1);
  for (std::size_t t = 0; t < copy_at; ++t) {
    REQUIRE((input[t] >= 0 && input[t] <= s.vocab - 2));
    if (input[t] != s.vocab - 2) contents.push_back(input[t]);
  }
  CHECK(contents.size() == std::size_t(s.copies));
  CHECK(input[copy_at - 1] != s.vocab - 2);
  CHECK(input[copy_at] == s.vocab - 1);
  for (std::size_t t = copy_at + 1; t < std::size_t(s.length); ++t)
    CHECK(input[t] == s.vocab - 2);
  std::vector<std::int64_t> targets(std::size_t(s.length), ignored_target);
  std::copy(contents.begin(), contents.end(), targets.end() - s.copies);
  return targets;
}

constexpr Setting base{16, 64, 16};

TEST_CASE("targets are the content tokens in order, whatever the sizes") {
  for (const Setting& setting :
       {base, Setting{32, 64, 16}, Setting{16, 128, 16}, Setting{3, 4, 1}, Setting{5, 9, 3}}) {
    const TaskData data = generate(task(setting, 200), 4);
    const auto length = std::size_t(setting.length);
    for (std::size_t i = 0; i < 200; ++i) {
      const auto input =
          std::span<const std::int32_t>(data.train.inputs).subspan(i * length, length);
      const auto targets = std::span(data.train.targets).subspan(i * length, length);
      const auto expected = expected_targets<std::int32_t>(input, setting);
      CHECK(std::equal(targets.begin(), targets.end(), expected.begin(), expected.end()));
    }
  }
}

TEST_CASE("the golden instances have the form that the generator writes") {
  const auto golden = test::golden("tasks/selective_copying.safetensors");
  for (const auto& [name, setting] :
       {std::pair{"base", base}, {"vocab", {32, 64, 16}}, {"length", {16, 128, 16}}}) {
    const auto input = golden.tensors.at(std::string(name) + ".input").to_integers();
    const auto target = golden.tensors.at(std::string(name) + ".target").to_integers();
    const auto length = std::size_t(setting.length);
    REQUIRE(input.size() == 8 * length);
    for (std::size_t i = 0; i < 8; ++i) {
      const auto expected = expected_targets(
          std::span<const std::int64_t>(input).subspan(i * length, length), setting);
      CHECK(std::equal(expected.begin(), expected.end(),
                       target.begin() + std::ptrdiff_t(i * length)));
    }
  }
}

TEST_CASE("blanks are spread as the simulated statistics say") {
  for (const auto& [length, blank_first, first_content] :
       {std::tuple{64, 0.865, 1.94}, {128, 0.998, 5.94}}) {
    const std::int64_t count = 6000;
    const TaskData data = generate(task({16, length, 16}, count), 12);
    double blanks = 0, index_sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto* row = &data.train.inputs[std::size_t(i * length)];
      blanks += row[0] == 14;
      index_sum +=
          double(std::find_if(row, row + length, [](std::int32_t x) { return x != 14; }) - row);
    }
    CHECK(std::abs(blanks / double(count) - blank_first) < 0.022);
    CHECK(std::abs(index_sum / double(count) - first_content) < 0.16);
  }
}

TEST_CASE("content tokens are uniform") {
  const TaskData data = generate(task(base, 7000), 8);
  int counts[14] = {};
  for (const std::int32_t target : data.train.targets) {
    if (target != ignored_target) ++counts[target];
  }
  for (const int count : counts)
    CHECK(std::abs(count - 8000) < 440);  // five standard deviations
}

}  // namespace
}  // namespace scanyard::data
