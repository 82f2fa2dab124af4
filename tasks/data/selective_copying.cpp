//! Selective copying (protocol.md 1.2): content tokens among blanks, a copy token, then n blanks
//! during which the content is to be repeated in order.
#include <algorithm>

#include "common/random/philox.hpp"
#include "tasks/data/generate.hpp"

namespace scanyard::data {
namespace {

using random::Draws;
using random::Stream;

void write(const catalog::ShapeConfig& shape, std::uint64_t seed, std::uint32_t instance,
           std::span<std::int32_t> input, std::span<std::int32_t> target) {
  const auto copies = static_cast<std::size_t>(shape.copies);
  const auto blanks = input.size() - 2 * copies - 1;
  const auto contents = static_cast<std::uint32_t>(shape.vocab - 2);
  const auto blank = static_cast<std::int32_t>(shape.vocab - 2);
  const auto copy = static_cast<std::int32_t>(shape.vocab - 1);

  // Every blank chooses the content token that it stands right before, so none follows the last
  // one.
  std::vector<std::int32_t> blanks_before(copies, 0);
  for (std::uint32_t j = 0; j < blanks; ++j) {
    ++blanks_before[Draws(seed, Stream::data_extra, instance, j)
                        .below(static_cast<std::uint32_t>(copies))];
  }
  std::fill(input.begin(), input.end(), blank);
  std::fill(target.begin(), target.end(), ignored_target);
  std::size_t at = 0;
  for (std::uint32_t j = 0; j < copies; ++j) {
    const auto token =
        static_cast<std::int32_t>(Draws(seed, Stream::data, instance, j).below(contents));
    at += static_cast<std::size_t>(blanks_before[j]);
    input[at++] = token;
    target[input.size() - copies + j] = token;
  }
  input[at] = copy;
}

}  // namespace

TaskGenerator selective_copying_generator() {
  return {"selective_copying", write};
}

}  // namespace scanyard::data
