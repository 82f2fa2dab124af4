//! Shape keys: what must be equal for runs to be trained as one batched model.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/store_writes.hpp"
#include "coordinator/core/handles.hpp"

namespace scanyard::core {

struct Shape {
  std::string json;                ///< canonical JSON of the shape's keys
  double flops = 0;                ///< of one whole run
  double memory_bytes = 0;         ///< of one replica
  std::vector<GroupIndex> groups;  ///< one for each sweep that has runs of this shape
};

class ShapeTable {
 public:
  /// Index of the shape with this JSON, added when it is new.
  ShapeIndex intern(const OpenShape& shape) {
    const auto found = index_.find(shape.json);
    if (found != index_.end()) return found->second;
    const ShapeIndex index{static_cast<std::uint32_t>(shapes_.size())};
    shapes_.push_back({shape.json, shape.flops, shape.memory_bytes, {}});
    index_.emplace(shapes_.back().json, index);
    return index;
  }
  Shape& operator[](ShapeIndex shape) { return shapes_[shape.value]; }
  const Shape& operator[](ShapeIndex shape) const { return shapes_[shape.value]; }
  std::size_t size() const { return shapes_.size(); }

 private:
  std::deque<Shape> shapes_;  //!< a deque, because the index's keys point into it
  std::unordered_map<std::string_view, ShapeIndex> index_;
};

}  // namespace scanyard::core
