#include "common/random/philox.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <vector>

namespace scanyard::random {
namespace {

TEST_CASE("Philox4x32-10 gives the published known answers") {
  const auto answer = [](philox4x32_ctr_t counter, philox4x32_key_t key) {
    const auto block = philox4x32_R(10, counter, key);
    return std::array<std::uint32_t, 4>{block.v[0], block.v[1], block.v[2], block.v[3]};
  };
  // kat_vectors of Random123.
  CHECK(answer({{0, 0, 0, 0}}, {{0, 0}}) ==
        std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(answer({{~0u, ~0u, ~0u, ~0u}}, {{~0u, ~0u}}) ==
        std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(answer({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}}) ==
        std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("the words at an address are Philox of that address, block after block") {
  Draws draws(0x0123456789abcdef, Stream::shuffle, 7, 9);
  for (std::uint32_t block = 0; block < 3; ++block) {
    const auto expected = philox4x32_R(10, {{block, 9, 7, 4}}, {{0x89abcdef, 0x01234567}});
    for (int i = 0; i < 4; ++i)
      CHECK(draws.word() == expected.v[i]);
  }
}

TEST_CASE("every part of the address changes the numbers") {
  std::set<std::uint64_t> first;
  first.insert(Draws(1, Stream::data, 0, 0).word64());
  first.insert(Draws(2, Stream::data, 0, 0).word64());
  first.insert(Draws(1ull << 32, Stream::data, 0, 0).word64());
  first.insert(Draws(1, Stream::init, 0, 0).word64());
  first.insert(Draws(1, Stream::data, 1, 0).word64());
  first.insert(Draws(1, Stream::data, 0, 1).word64());
  CHECK(first.size() == 6);
}

TEST_CASE("integers below n are uniform, also where n does not divide 2^32") {
  for (const std::uint32_t n : {1u, 2u, 6u, 14u, 120u}) {
    std::vector<int> counts(n, 0);
    const int draws_per_value = 2000;
    for (std::uint32_t i = 0; i < n * draws_per_value; ++i)
      ++counts.at(Draws(5, Stream::data, n, i).below(n));
    double chi_square = 0;
    for (const int count : counts)
      chi_square += double(count - draws_per_value) * (count - draws_per_value);
    chi_square /= draws_per_value;
    INFO(n);
    CHECK(chi_square <
          n + 5 * std::sqrt(2.0 *
                            n));  // mean n-1, standard deviation sqrt(2(n-1)); the seed is fixed
  }
}

TEST_CASE("words of the incomplete share are drawn again") {
  // Just above 2^31 nearly half of all words are refused; kept as they are, low results would be
  // twice as likely.
  constexpr std::uint32_t n = 0x80000001u;
  int low = 0;
  const int total = 4000;
  for (int i = 0; i < total; ++i) {
    const std::uint32_t value = Draws(3, Stream::data, 0, std::uint32_t(i)).below(n);
    CHECK(value < n);
    low += value < n / 2;
  }
  CHECK(std::abs(low - total / 2) < 160);  // five standard deviations
}

TEST_CASE("uniform numbers lie in [0, 1) with the right mean") {
  double sum = 0;
  for (std::uint32_t i = 0; i < 10000; ++i) {
    const double u = Draws(9, Stream::init, 0, i).uniform();
    CHECK((u >= 0 && u < 1));
    sum += u;
  }
  CHECK(std::abs(sum / 10000 - 0.5) < 0.015);
}

TEST_CASE("normal numbers have mean 0, variance 1, kurtosis 3 and independent pairs") {
  double sum = 0, squares = 0, fourth = 0, product = 0;
  const int pairs = 50000;
  for (std::uint32_t i = 0; i < pairs; ++i) {
    const auto [a, b] = Draws(11, Stream::init, 3, i).normal_pair();
    sum += a + b;
    squares += a * a + b * b;
    fourth += a * a * a * a + b * b * b * b;
    product += a * b;
  }
  CHECK(std::abs(sum / (2 * pairs)) < 0.016);
  CHECK(std::abs(squares / (2 * pairs) - 1) < 0.023);
  CHECK(std::abs(fourth / (2 * pairs) - 3) < 0.16);
  CHECK(std::abs(product / pairs) < 0.023);
}

}  // namespace
}  // namespace scanyard::random
