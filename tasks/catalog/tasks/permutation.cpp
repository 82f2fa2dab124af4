//! Composition of permutations of S_n (protocol.md 1.5).
#include <fmt/format.h>

#include "tasks/catalog/rows.hpp"

namespace scanyard::catalog {
namespace {

std::int64_t vocab(const ShapeConfig& c) {
  std::int64_t factorial = 1;
  for (std::int64_t i = 2; i <= c.group; ++i)
    factorial *= i;
  return factorial;
}

Result<void> check(const ShapeConfig&) {
  return {};
}

std::optional<std::pair<std::string, std::string>> published(const ShapeConfig& c) {
  if (c.length != 16) return std::nullopt;
  return std::pair(fmt::format("S{}", c.group), fmt::format("n{}", c.train));
}

}  // namespace

TaskRow permutation_row() {
  return {
      .name = "permutation",
      .doc = "running product of random permutations of S_n",
      .generator_version = 1,
      .axes = {integer_axis("group",
                            "n of the symmetric group S_n, whose n! elements are the tokens", 2, 5),
               length_axis(16), train_axis(), test_axis()},
      .vocab = vocab,
      .check = check,
      .published = published};
}

}  // namespace scanyard::catalog
