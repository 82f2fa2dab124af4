//! From a combination to the run that it names: shape, canonical replica values, id.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "common/hash.hpp"
#include "common/spec/combination.hpp"
#include "common/spec/expansion.hpp"
#include "common/spec/shape_cache.hpp"

namespace scanyard::spec {

/// What a table, a constraint or a person sees under a slot: the value as asked, else the default;
/// unset where the key does not apply.
ValueId shown_value(const Names& names, const Combination& combination, const CompleteShape& shape,
                    Slot slot);

/// Collects the shapes that it meets. Not thread-safe.
class RunIdentity {
 public:
  explicit RunIdentity(const SpecDocument& document);

  /// The run's id. Afterwards replica_json() is that run's; valid until the next call.
  RunId identify(const Combination& combination, CompleteShape& shape);
  const std::string& replica_json() const { return replica_json_; }

  /// In the order in which they were first met.
  std::vector<ExpandedShape>& shapes() { return shapes_; }

 private:
  void add_shape(CompleteShape& shape);

  const SpecDocument& document_;
  std::vector<Slot> replica_slots_;          ///< by name
  std::vector<std::string> replica_labels_;  ///< "\"lr\":", ...
  std::vector<ExpandedShape> shapes_;
  std::unordered_map<RunId, std::uint32_t> index_of_;  ///< by the hash of the shape's JSON
  std::string replica_json_;
  Hasher prefix_;  ///< has hashed the JSON of prefix_shape_ and the newline
  std::uint32_t prefix_shape_ = CompleteShape::no_index;
  Hasher hasher_;
};

}  // namespace scanyard::spec
