#include "tasks/data/symmetric_group.hpp"

#include <algorithm>
#include <numeric>

#include "common/assert.hpp"

namespace scanyard::data {

using Images = std::array<std::uint8_t, 5>;

SymmetricGroup::SymmetricGroup(int n) : degree_(n) {
  SCANYARD_ASSERT(n >= 2 && n <= 5, "ids of S_n fit a byte for n up to 5");
  Images images{};
  std::iota(images.begin(), images.begin() + n, std::uint8_t(0));
  do {
    images_.push_back(images);
  } while (std::next_permutation(images.begin(), images.begin() + n));
  order_ = static_cast<int>(images_.size());

  table_.resize(images_.size() * images_.size());
  inverse_.resize(images_.size());
  for (std::size_t p = 0; p < images_.size(); ++p) {
    for (std::size_t q = 0; q < images_.size(); ++q) {
      Images composed{};
      for (int i = 0; i < n; ++i)
        composed[std::size_t(i)] = images_[p][images_[q][std::size_t(i)]];
      const auto at = std::lower_bound(images_.begin(), images_.end(), composed);
      const auto id = static_cast<std::uint8_t>(at - images_.begin());
      table_[p * images_.size() + q] = id;
      if (id == 0) inverse_[p] = static_cast<std::uint8_t>(q);
    }
  }
}

const SymmetricGroup& SymmetricGroup::of(int n) {
  static const SymmetricGroup groups[] = {SymmetricGroup(2), SymmetricGroup(3), SymmetricGroup(4),
                                          SymmetricGroup(5)};
  SCANYARD_ASSERT(n >= 2 && n <= 5, "only S_2 to S_5 are tasks");
  return groups[n - 2];
}

}  // namespace scanyard::data
