//! Random specs of the small vocabulary, as a model that can be counted and changed, and as text.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <string>
#include <vector>

namespace scanyard::spec {

/// A grid over models with m and gate, sizes, rates, decay and seeds. All combinations are valid.
class RandomSpec {
 public:
  struct Axis {
    std::string key;
    std::vector<std::string> values;
  };

  /// As YAML; `order` shuffles keys of mappings and constructs, nothing else.
  std::string yaml(const std::vector<std::uint32_t>& order = {}) const;
  /// Product of all axes.
  std::uint64_t combinations() const;
  const std::vector<std::string>& axis(const std::string& key) const;
  /// Adds a value to one of the axes that has room for one; false where none has.
  bool add_value(std::uint32_t choice);
  /// Adds a value to one axis, at its front.
  void add_value_to(const std::string& key);

  std::vector<Axis> axes;
  std::vector<std::string> seeds;
  bool paper = false;
};

rc::Gen<RandomSpec> random_spec();

/// For counterexamples.
void showValue(const RandomSpec& spec, std::ostream& out);

}  // namespace scanyard::spec
