#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "tasks/data/generate.hpp"
#include "tasks/data/symmetric_group.hpp"
#include "tests/tasks/data/golden.hpp"

namespace scanyard::data {
namespace {

catalog::ShapeConfig task(std::int64_t group, std::int64_t train, std::int64_t test) {
  catalog::ShapeConfig shape;
  shape.task = "permutation";
  shape.group = group;
  shape.length = 16;
  shape.train = train;
  shape.test = test;
  return shape;
}

/// Independent of the tables: the k-th permutation in lexicographic order, by factorial digits.
std::vector<int> permutation_of_id(int n, int id) {
  std::vector<int> rest(static_cast<std::size_t>(n));
  std::iota(rest.begin(), rest.end(), 0);
  std::vector<int> images;
  int factorial = 1;
  for (int i = 2; i < n; ++i)
    factorial *= i;
  for (int i = n - 1; i >= 0; --i) {
    const int digit = id / factorial;
    id %= factorial;
    images.push_back(rest[std::size_t(digit)]);
    rest.erase(rest.begin() + digit);
    if (i > 0) factorial /= i;
  }
  return images;
}

/// Where the running product sends every point: the last element acts first.
std::vector<int> compose_all(int n, std::span<const std::int32_t> elements) {
  std::vector<int> images(static_cast<std::size_t>(n));
  for (int point = 0; point < n; ++point) {
    int image = point;
    for (std::size_t t = elements.size(); t-- > 0;) {
      image = permutation_of_id(n, elements[t])[std::size_t(image)];
    }
    images[std::size_t(point)] = image;
  }
  return images;
}

TEST_CASE("targets are the permutations that composing the inputs as functions gives") {
  for (const int n : {2, 3, 4, 5}) {
    const TaskData data = generate(task(n, 20, 10), 5);
    for (const Sequences* part : {&data.train, &data.test}) {
      for (std::size_t i = 0; i < std::size_t(part->count); ++i) {
        const auto input = std::span(part->inputs).subspan(i * 16, 16);
        for (std::size_t t = 0; t < 16; ++t) {
          CHECK(compose_all(n, input.first(t + 1)) ==
                permutation_of_id(n, part->targets[i * 16 + t]));
        }
      }
    }
  }
}

TEST_CASE("the product tables have the protocol's checksums and entries") {
  const auto checksum = [](int n) {
    const auto& group = SymmetricGroup::of(n);
    std::int64_t sum = 0;
    for (int i = 0; i < group.order(); ++i) {
      for (int j = 0; j < group.order(); ++j)
        sum += std::int64_t(31 * i + 17 * j + 1) * group.product(i, j);
    }
    return sum;
  };
  CHECK(checksum(2) == 50);
  CHECK(checksum(3) == 10'890);
  CHECK(checksum(4) == 3'663'072);
  CHECK(checksum(5) == 2'447'877'600);
  const int s3[6][6] = {{0, 1, 2, 3, 4, 5}, {1, 0, 4, 5, 2, 3}, {2, 3, 0, 1, 5, 4},
                        {3, 2, 5, 4, 0, 1}, {4, 5, 1, 0, 3, 2}, {5, 4, 3, 2, 1, 0}};
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j)
      CHECK(SymmetricGroup::of(3).product(i, j) == s3[i][j]);
  }
  for (const int n : {4, 5}) {
    const auto& group = SymmetricGroup::of(n);
    CHECK(group.product(1, 2) == 4);
    CHECK(group.product(2, 1) == 3);
    CHECK(group.product(5, 7) == 18);
    CHECK(group.product(7, 5) == 9);
  }
}

TEST_CASE("running products are those of the protocol") {
  const auto products = [](int n) {
    const auto& group = SymmetricGroup::of(n);
    std::vector<int> result;
    int state = 0;
    for (int k = 0; k < 8; ++k)
      result.push_back(state = group.product(state, (7 * k + 3) % group.order()));
    return result;
  };
  CHECK(products(3) == std::vector{3, 0, 5, 5, 4, 1, 5, 1});
  CHECK(products(4) == std::vector{3, 14, 4, 4, 19, 13, 7, 8});
  CHECK(products(5) == std::vector{3, 14, 4, 28, 19, 116, 86, 41});
}

TEST_CASE("tables, inverses and targets are those of the golden file") {
  const auto golden = test::golden("tasks/permutations.safetensors");
  for (const int n : {2, 3, 4, 5}) {
    const std::string prefix = "S" + std::to_string(n) + ".";
    const auto& group = SymmetricGroup::of(n);
    const auto integers = [&](const std::string& name) {
      return golden.tensors.at(prefix + name).to_integers();
    };
    const auto table = integers("table");
    const auto images = integers("images");
    const auto inverse = integers("inverse");
    REQUIRE(inverse.size() == std::size_t(group.order()));
    for (int p = 0; p < group.order(); ++p) {
      CHECK(group.inverse(p) == inverse[std::size_t(p)]);
      for (int i = 0; i < n; ++i)
        CHECK(group.images(p)[std::size_t(i)] == images[std::size_t(p * n + i)]);
      for (int q = 0; q < group.order(); ++q)
        CHECK(group.product(p, q) == table[std::size_t(p * group.order() + q)]);
    }
    const auto input = integers("input");
    const auto target = integers("target");
    for (std::size_t at = 0; at < input.size(); ++at) {
      const int before = at % 16 == 0 ? 0 : int(target[at - 1]);
      CHECK(group.product(before, int(input[at])) == target[at]);
    }
  }
}

TEST_CASE("inputs and targets are uniform over the group at every position") {
  const TaskData data = generate(task(3, 12000, 1), 3);
  for (std::size_t t = 0; t < 16; ++t) {
    int inputs[6] = {}, targets[6] = {};
    for (std::size_t i = 0; i < 12000; ++i) {
      ++inputs[data.train.inputs[i * 16 + t]];
      ++targets[data.train.targets[i * 16 + t]];
    }
    for (int id = 0; id < 6; ++id) {
      CHECK(std::abs(inputs[id] - 2000) < 210);  // five standard deviations
      CHECK(std::abs(targets[id] - 2000) < 210);
    }
  }
}

TEST_CASE("sequences are addressed by their number: the test set continues the training set") {
  const TaskData few = generate(task(5, 10, 20), 5);
  const TaskData many = generate(task(5, 30, 1), 5);
  CHECK(std::equal(few.train.inputs.begin(), few.train.inputs.end(), many.train.inputs.begin()));
  CHECK(
      std::equal(few.test.inputs.begin(), few.test.inputs.end(), many.train.inputs.begin() + 160));
  CHECK(generate(task(5, 10, 20), 6).train.inputs != few.train.inputs);
}

}  // namespace
}  // namespace scanyard::data
