#include "tasks/catalog/axes.hpp"

#include <utility>

#include "tasks/catalog/versions.hpp"

namespace scanyard::catalog {

using spec::Key;
using spec::KeyScope;
using spec::Value;
using spec::ValueType;

Axis integer_axis(std::string name, std::string doc, double minimum, double maximum,
                  std::optional<std::int64_t> fallback) {
  Axis axis{Key{std::move(name),
                ValueType::integer,
                KeyScope::shape,
                std::move(doc),
                {},
                minimum,
                maximum},
            {}};
  if (fallback) axis.fallback = Value(*fallback);
  return axis;
}

Axis real_axis(std::string name, std::string doc, double minimum, double maximum,
               std::optional<double> fallback) {
  Axis axis{Key{std::move(name),
                ValueType::real,
                KeyScope::replica,
                std::move(doc),
                {},
                minimum,
                maximum},
            {}};
  if (fallback) axis.fallback = Value(*fallback);
  return axis;
}

Axis choice_axis(std::string name, std::string doc, std::vector<std::string> choices,
                 std::optional<std::string> fallback) {
  Axis axis{Key{std::move(name),
                ValueType::text,
                KeyScope::shape,
                std::move(doc),
                std::move(choices),
                {},
                {}},
            {}};
  if (fallback) axis.fallback = Value(*fallback);
  return axis;
}

Axis gate_axis() {
  return choice_axis("gate", "normalisation of the selective gates (paper: softmax)",
                     {"softmax", "sigmoid_l1", "relu_l1", "no_norm", "tanh_l1", "lin_l1"},
                     "softmax");
}

Axis m_axis() {
  return integer_axis("m", "block size of BD-LRU, number of lags of H-LRU", 1, 64);
}

Axis hidden_axis() {
  return integer_axis("hidden", "H: blocks of BD-LRU, channels of H-LRU, units of LSTM", 1, 65536);
}

Axis length_axis(std::int64_t fallback) {
  return integer_axis("length", "T: tokens of one sequence", 1, 65536, fallback);
}

Axis train_axis(std::optional<std::int64_t> fallback) {
  return integer_axis("train", "training sequences", 1, 10'000'000, fallback);
}

Axis test_axis() {
  return integer_axis("test", "test sequences", 1, 1'000'000, 1280);
}

namespace {

/// Whole numbers up to here survive every JSON reader, the page's JavaScript included.
constexpr double seed_max = 9007199254740991.0;

Axis seed_axis() {
  Axis axis = integer_axis("seed", "seed of data, initial values and shuffles", 0, seed_max, 1);
  axis.key.scope = KeyScope::replica;
  return axis;
}

std::vector<Axis> make_common_axes() {
  return {
      choice_axis(
          "backbone",
          "what stands around the mixer: lm = embedding, [mixer, swiglu] layers, unembedding",
          {"lm"}, "lm"),
      integer_axis("width", "d: features of the residual stream", 1, 65536, 128),
      integer_axis("layers", "repetitions of [mixer, swiglu]", 1, 128, 1),
      choice_axis("precision", "bf16 = projections in bfloat16, recurrence and softmax in fp32",
                  {"fp32", "bf16"}, "fp32"),
      integer_axis("batch", "sequences of a batch", 1, 65536, 128),
      // Of shape scope, although replicas could differ: a shape has one cost and one number of
      // steps.
      integer_axis("epochs", "passes over the training sequences", 1, 1'000'000, 200),
      // Of shape scope, because it decides whether lr_min applies.
      choice_axis("schedule",
                  "learning rate over the epochs: cosine from lr to lr_min, or constant",
                  {"cosine", "constant"}, "cosine"),
      real_axis("lr", "peak learning rate of AdamW", 1e-12, 10),
      real_axis("lr_min",
                "rate that the cosine schedule ends at; dropped where the schedule is constant", 0,
                10, 1e-5),
      real_axis("weight_decay", "decoupled weight decay of AdamW", 0, 10, 0.0),
      real_axis("early_stop", "end the run once its test accuracy is above this; 1 = never", 0, 1,
                0.999),
      seed_axis(),
      integer_axis("protocol_version", "meaning of the training protocol; added by the program", 1,
                   1e9, protocol_version),
  };
}

}  // namespace

const std::vector<Axis>& common_axes() {
  static const std::vector<Axis> axes = make_common_axes();
  return axes;
}

}  // namespace scanyard::catalog
