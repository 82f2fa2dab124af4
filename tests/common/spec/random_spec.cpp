#include "tests/common/spec/random_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace scanyard::spec {
namespace {

const std::vector<RandomSpec::Axis> pool = {
    {"batch", {"1", "16", "64"}},
    {"fast", {"true", "false"}},
    {"gate", {"softmax", "sigmoid"}},
    {"hidden", {"4", "8", "16", "32", "64"}},
    {"lr", {"1e-3", "0.01", "0.5", "1", "2.5e-4"}},
    {"m", {"1", "2", "3", "5", "8"}},
    {"model", {"bd", "h"}},
    {"schedule", {"cosine", "constant"}},
    {"weight_decay", {"0", "0.1", "1"}},
};

/// Some values of an axis in a random order, at least one.
std::vector<std::string> some_of(const std::vector<std::string>& values) {
  std::vector<std::string> left = values, taken;
  const auto count = *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(values.size(), 3) + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = std::ptrdiff_t(*rc::gen::inRange<std::size_t>(0, left.size()));
    taken.push_back(left[std::size_t(at)]);
    left.erase(left.begin() + at);
  }
  return taken;
}

/// A value of the pool that the axis does not have yet.
std::optional<std::string> unused_value(const RandomSpec::Axis& axis) {
  const auto& all = std::find_if(pool.begin(), pool.end(), [&](const auto& p) { return p.key == axis.key; })->values;
  for (const auto& value : all) {
    if (std::find(axis.values.begin(), axis.values.end(), value) == axis.values.end()) return value;
  }
  return std::nullopt;
}

/// Items in the order that the numbers give; the original one without numbers.
template <class T>
std::vector<T> shuffled(std::vector<T> items, const std::vector<std::uint32_t>& order) {
  for (std::size_t i = items.size(); i-- > 1 && !order.empty();) {
    std::swap(items[i], items[order[i % order.size()] % (i + 1)]);
  }
  return items;
}

}  // namespace

rc::Gen<RandomSpec> random_spec() {
  return rc::gen::exec([] {
    RandomSpec spec;
    for (const auto& axis : pool) {
      const bool always = axis.key == "model" || axis.key == "m" || axis.key == "hidden" || axis.key == "lr";
      if (always || *rc::gen::arbitrary<bool>()) spec.axes.push_back({axis.key, some_of(axis.values)});
    }
    spec.seeds = some_of({"1", "2", "7", "1000"});
    spec.paper = *rc::gen::arbitrary<bool>();
    return spec;
  });
}

std::string RandomSpec::yaml(const std::vector<std::uint32_t>& order) const {
  std::vector<std::string> grid, fixed, constructs;
  for (const auto& axis : shuffled(axes, order)) {
    if (axis.values.size() == 1) {
      fixed.push_back(fmt::format("{}: {}", axis.key, axis.values[0]));
    } else {
      grid.push_back(fmt::format("{}: [{}]", axis.key, fmt::join(axis.values, ", ")));
    }
  }
  if (!grid.empty()) constructs.push_back(fmt::format("grid: {{{}}}\n", fmt::join(grid, ", ")));
  if (!fixed.empty()) constructs.push_back(fmt::format("fixed: {{{}}}\n", fmt::join(fixed, ", ")));
  constructs.push_back(fmt::format("seeds: [{}]\n", fmt::join(seeds, ", ")));
  if (paper) constructs.push_back("protocol: paper\n");
  return fmt::format("{}", fmt::join(shuffled(constructs, order), ""));
}

std::uint64_t RandomSpec::combinations() const {
  std::uint64_t product = seeds.size();
  for (const auto& axis : axes)
    product *= axis.values.size();
  return product;
}

const std::vector<std::string>& RandomSpec::axis(const std::string& key) const {
  return std::find_if(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.key == key; })->values;
}

bool RandomSpec::add_value(std::uint32_t choice) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Axis& axis = axes[(choice + i) % axes.size()];
    if (const auto value = unused_value(axis)) {
      axis.values.insert(axis.values.begin() + std::ptrdiff_t(choice % (axis.values.size() + 1)), *value);
      return true;
    }
  }
  return false;
}

void RandomSpec::add_value_to(const std::string& key) {
  auto& axis = *std::find_if(axes.begin(), axes.end(), [&](const Axis& one) { return one.key == key; });
  if (const auto value = unused_value(axis)) axis.values.insert(axis.values.begin(), *value);
}

void showValue(const RandomSpec& spec, std::ostream& out) {
  out << spec.yaml();
}

}  // namespace scanyard::spec
