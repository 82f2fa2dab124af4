#include "tasks/models/initial_values.hpp"

#include <ATen/ops/empty.h>

#include <set>
#include <vector>

#include "common/assert.hpp"
#include "common/random/philox.hpp"

namespace scanyard::models {
namespace {

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const unsigned char c : text)
    hash = (hash ^ c) * 16777619u;
  return hash;
}

std::vector<double> drawn(const ParameterEntry& entry, std::uint64_t seed) {
  std::vector<double> values(static_cast<std::size_t>(entry.count));
  const std::uint32_t instance = fnv1a(entry.name);
  for (std::size_t i = 0; i < values.size(); i += 2) {
    random::Draws draws(seed, random::Stream::init, instance, static_cast<std::uint32_t>(i / 2));
    random::Draws::Pair pair{};
    if (entry.initial == Initial::normal) {
      pair = draws.normal_pair();
    } else {
      pair.first = 2 * draws.uniform() - 1;
      pair.second = 2 * draws.uniform() - 1;
    }
    values[i] = entry.scale * pair.first;
    if (i + 1 < values.size()) values[i + 1] = entry.scale * pair.second;
  }
  return values;
}

}  // namespace

void set_initial_values(const Parameters& values, std::int64_t replica, std::uint64_t seed) {
  values.flat().select(0, replica).zero_();
  std::set<std::uint32_t> hashes;
  for (std::size_t i = 0; i < values.layout().entries().size(); ++i) {
    const auto& entry = values.layout().entries()[i];
    SCANYARD_ASSERT(hashes.insert(fnv1a(entry.name)).second,
                    "no two parameters share an address of random numbers");
    const at::Tensor target = values[ParameterIndex{i}].select(0, replica);
    if (entry.initial == Initial::ones) {
      target.fill_(1);
    } else if (entry.initial != Initial::zeros) {
      const std::vector<double> numbers = drawn(entry, seed);
      const at::Tensor host = at::empty({entry.count}, at::TensorOptions().dtype(at::kDouble));
      std::copy(numbers.begin(), numbers.end(), host.mutable_data_ptr<double>());
      target.copy_(host.view(entry.shape));
    }
  }
}

}  // namespace scanyard::models
