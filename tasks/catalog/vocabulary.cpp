#include "tasks/catalog/vocabulary.hpp"

#include <vector>

#include "common/assert.hpp"
#include "tasks/catalog/backbone.hpp"
#include "tasks/catalog/complete.hpp"
#include "tasks/catalog/presets.hpp"
#include "tasks/catalog/published.hpp"

namespace scanyard::catalog {
namespace {

using spec::Assignment;

struct Derivation {
  spec::DerivedValue value;
  std::int64_t (*compute)(const ShapeConfig&);
};

const std::vector<Derivation>& derivations() {
  static const std::vector<Derivation> all = {
      {{"parameters", "trainable parameters of the whole model"}, model_parameters},
      {{"state", "N: floats of the recurrent state; H*m, or h for the LSTM"}, state_size},
      {{"steps", "optimiser steps of a whole training, without early stop"}, training_steps},
  };
  return all;
}

/// Published numbers are for the paper's model: width 128, one [mixer, swiglu], softmax gates.
bool is_the_papers_model(const ShapeConfig& shape) {
  return shape.width == 128 && shape.layers == 1 && (shape.gate.empty() || shape.gate == "softmax");
}

class Catalog final : public spec::Vocabulary {
 public:
  Catalog() {
    for (const Derivation& derivation : derivations())
      derived_.push_back(derivation.value);
  }

  std::span<const spec::Key> keys() const override { return all_keys(); }
  std::span<const spec::DerivedValue> derived() const override { return derived_; }
  std::span<const spec::Preset> presets() const override { return catalog::presets(); }

  Result<void> complete(Assignment& assignment) const override {
    Assignment work = assignment;  // a failure changes nothing
    if (auto ok = complete_shape(work); !ok) return ok;
    if (auto ok = complete_replica(work); !ok) return ok;
    apply_alias(work);
    assignment = std::move(work);
    return {};
  }

  double derive(std::size_t index, const Assignment& assignment) const override {
    SCANYARD_ASSERT(index < derivations().size(), "derived values are addressed by their position");
    return double(derivations()[index].compute(shape_of(assignment)));
  }

  std::optional<spec::PublishedKey> published_key(const Assignment& asked) const override {
    Assignment completed = asked;
    if (!complete_shape(completed)) return std::nullopt;
    const ShapeConfig shape = shape_of(completed);
    const auto place = find_task(shape.task)->published(shape);
    if (!place || !is_the_papers_model(shape)) return std::nullopt;
    spec::PublishedKey key{find_model(shape.model)->published_name, std::nullopt, place->first,
                           place->second};
    if (shape.m > 0) key.m = int(shape.m);
    if (!find_published(key)) return std::nullopt;
    return key;
  }

  Cost cost(const Assignment& complete) const override { return training_cost(shape_of(complete)); }

 private:
  std::vector<spec::DerivedValue> derived_;
};

}  // namespace

const spec::Vocabulary& vocabulary() {
  static const Catalog catalog;
  return catalog;
}

}  // namespace scanyard::catalog
