//! The symmetric groups S_2..S_5 as tables (protocol.md 1.5).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace scanyard::data {

/// Elements are the permutations of 0..n-1 in lexicographic order; id 0 is the identity. Immutable;
/// any thread.
class SymmetricGroup {
 public:
  /// n is 2..5.
  explicit SymmetricGroup(int n);
  /// The one instance of S_n.
  static const SymmetricGroup& of(int n);

  int degree() const { return degree_; }
  int order() const { return order_; }
  /// Id of p after q: (p q)(i) = p(q(i)).
  int product(int p, int q) const { return table_[static_cast<std::size_t>(p * order_ + q)]; }
  int inverse(int p) const { return inverse_[static_cast<std::size_t>(p)]; }
  /// p(i); the first degree() entries count.
  const std::array<std::uint8_t, 5>& images(int p) const {
    return images_[static_cast<std::size_t>(p)];
  }

 private:
  int degree_ = 0;
  int order_ = 0;
  std::vector<std::array<std::uint8_t, 5>> images_;
  std::vector<std::uint8_t> table_;
  std::vector<std::uint8_t> inverse_;
};

}  // namespace scanyard::data
