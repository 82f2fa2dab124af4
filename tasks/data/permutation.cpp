//! Running products of random permutations (protocol.md 1.5): a_t = a_{t-1} x_t, the new element on
//! the right.
#include "common/random/philox.hpp"
#include "tasks/data/generate.hpp"
#include "tasks/data/symmetric_group.hpp"

namespace scanyard::data {
namespace {

void write(const catalog::ShapeConfig& shape, std::uint64_t seed, std::uint32_t instance,
           std::span<std::int32_t> input, std::span<std::int32_t> target) {
  const auto& group = SymmetricGroup::of(static_cast<int>(shape.group));
  int state = 0;
  for (std::uint32_t t = 0; t < input.size(); ++t) {
    const auto order = static_cast<std::uint32_t>(group.order());
    const auto element =
        static_cast<int>(random::Draws(seed, random::Stream::data, instance, t).below(order));
    state = group.product(state, element);
    input[t] = element;
    target[t] = state;
  }
}

}  // namespace

TaskGenerator permutation_generator() {
  return {"permutation", write};
}

}  // namespace scanyard::data
