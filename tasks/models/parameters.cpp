#include "tasks/models/parameters.hpp"

#include <functional>
#include <numeric>
#include <utility>

#include "common/assert.hpp"

namespace scanyard::models {
namespace {

constexpr std::int64_t alignment_elements = 16;

std::int64_t aligned(std::int64_t elements) {
  return (elements + alignment_elements - 1) / alignment_elements * alignment_elements;
}

std::int64_t product(const std::vector<std::int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

}  // namespace

ParameterIndex ParameterLayout::append(std::string name, std::vector<std::int64_t> shape,
                                       Initial initial, double scale, std::int64_t offset) {
  const std::int64_t count = product(shape);
  entries_.push_back({std::move(name), std::move(shape), initial, scale, offset, count});
  end_ = offset + count;
  return {entries_.size() - 1};
}

ParameterIndex ParameterLayout::add(std::string name, std::vector<std::int64_t> shape,
                                    Initial initial, double scale) {
  return append(std::move(name), std::move(shape), initial, scale, aligned(end_));
}

ParameterIndex ParameterLayout::add_joined(std::string name, std::vector<std::int64_t> shape,
                                           Initial initial, double scale) {
  return append(std::move(name), std::move(shape), initial, scale, end_);
}

std::int64_t ParameterLayout::row_elements() const {
  return aligned(end_);
}

std::int64_t ParameterLayout::parameter_count() const {
  std::int64_t count = 0;
  for (const auto& entry : entries_)
    count += entry.count;
  return count;
}

Parameters::Parameters(const ParameterLayout& layout, at::Tensor flat)
    : layout_(&layout), flat_(std::move(flat)) {
  SCANYARD_ASSERT(flat_.dim() == 2 && flat_.size(1) == layout.row_elements(),
                  "the storage is one row of the layout's length a replica");
  SCANYARD_ASSERT(flat_.is_contiguous(), "rows lie one behind the other");
}

at::Tensor Parameters::view(std::int64_t offset, const std::vector<std::int64_t>& shape) const {
  std::vector<std::int64_t> sizes{flat_.size(0)};
  std::vector<std::int64_t> strides{flat_.size(1)};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  std::int64_t stride = product(shape);
  for (const std::int64_t size : shape) {
    stride /= size;
    strides.push_back(stride);
  }
  return flat_.as_strided(sizes, strides, flat_.storage_offset() + offset);
}

at::Tensor Parameters::operator[](ParameterIndex index) const {
  const auto& entry = layout_->entry(index);
  return view(entry.offset, entry.shape);
}

at::Tensor Parameters::joined(ParameterIndex first, ParameterIndex second) const {
  const auto& upper = layout_->entry(first);
  const auto& lower = layout_->entry(second);
  SCANYARD_ASSERT(upper.offset + upper.count == lower.offset, "joined parameters are neighbours");
  SCANYARD_ASSERT(
      upper.shape.size() == 2 && lower.shape.size() == 2 && upper.shape[1] == lower.shape[1],
      "joined parameters have equally many columns");
  return view(upper.offset, {upper.shape[0] + lower.shape[0], upper.shape[1]});
}

}  // namespace scanyard::models
