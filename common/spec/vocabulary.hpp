//! What a spec can say: the keys of a run, their meaning and validity. common/ knows only this
//! interface; the words themselves (models, tasks, presets) are tasks/catalog's.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/spec/value.hpp"

namespace scanyard::spec {

/// Which runs of one pack may differ in a key.
enum class KeyScope {
  shape,    ///< equal for all runs of a pack: model, m, hidden, task, batch, precision
  replica,  ///< differs between replicas of one pack: lr, weight_decay, seed
};

/// One key of a run's configuration.
struct Key {
  std::string name;
  ValueType type;
  KeyScope scope;
  std::string doc;  ///< one line with the unit; also the description in the JSON Schema
  std::vector<std::string> choices;  ///< allowed texts; empty = any
  std::optional<double> minimum;     ///< inclusive, for numbers
  std::optional<double> maximum;     ///< inclusive, for numbers
};

/// Values by key index (position in Vocabulary::keys()); an unset key does not apply or has not
/// been given yet.
using Assignment = std::vector<std::optional<Value>>;

/// A value computed from a complete assignment, usable in constraints and derivations: "state",
/// "parameters".
struct DerivedValue {
  std::string name;
  std::string doc;
};

/// A named set of values that `protocol: NAME` in a spec stands for.
struct Preset {
  std::string name;
  std::string doc;
  std::vector<std::pair<std::string, Value>>
      values;                  ///< key name -> value; a spec's own values win
  std::string selection_yaml;  ///< the selection that goes with it, in the spec's own grammar
};

/// The row of the paper's tables that a configuration corresponds to.
struct PublishedKey {
  std::string model;  ///< "BD-LRU"
  std::optional<int> m;
  std::string task;    ///< "S5"
  std::string config;  ///< "n100000"
  friend bool operator==(const PublishedKey&, const PublishedKey&) = default;
};

/// Implemented by tasks/catalog; tests use a small one of their own. Immutable, so any thread may
/// use it.
class Vocabulary {
 public:
  virtual ~Vocabulary() = default;

  /// Sorted by name. Indices into this span are the indices of every Assignment.
  virtual std::span<const Key> keys() const = 0;
  virtual std::span<const DerivedValue> derived() const = 0;
  virtual std::span<const Preset> presets() const = 0;

  /// Makes an assignment complete: fills defaults (which depend on model and task), puts equal
  /// configurations into one form (hlru at m = 1 is bdlru at m = 1) and adds the version keys of
  /// protocol and task generator. Errors: catalog.missing_key, catalog.inapplicable_key (names the
  /// key and the model or task it does not apply to), catalog.bad_value, catalog.impossible_shape.
  /// Only keys of shape scope and the presence of replica keys matter for the outcome, so callers
  /// may cache by shape.
  virtual Result<void> complete(Assignment& assignment) const = 0;

  /// Value of derived()[index] for a complete assignment.
  virtual double derive(std::size_t index, const Assignment& assignment) const = 0;

  /// The published number that a configuration may be compared with, from the values as the spec
  /// asked for them (before aliases: hlru at m = 1 is compared with H-LRU's row); nothing where the
  /// task setting is not the paper's.
  virtual std::optional<PublishedKey> published_key(const Assignment& asked) const = 0;

  /// Floating-point operations of one optimiser step and number of steps of a whole training, for
  /// cost estimates.
  struct Cost {
    double flops_per_step = 0;    ///< forward and backward, all tokens of a batch
    double steps = 0;             ///< optimiser steps when no early stop happens
    double evaluation_flops = 0;  ///< all evaluations together
    double memory_bytes = 0;      ///< parameters, moments, activations and data of one replica
  };
  virtual Cost cost(const Assignment& complete) const = 0;

  /// Index of a key or nothing. Linear in the number of keys.
  std::optional<std::size_t> find(std::string_view name) const {
    const auto all = keys();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name == name) return i;
    }
    return std::nullopt;
  }
};

}  // namespace scanyard::spec
