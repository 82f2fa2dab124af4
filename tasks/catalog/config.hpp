//! A run's configuration with names and types: what the trainer reads instead of JSON members.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/spec/vocabulary.hpp"

namespace scanyard::catalog {

enum class Precision { fp32, bf16 };
enum class Schedule { cosine, constant };

/// What all replicas of a pack share. A key that does not apply to the model or task keeps its
/// value here: empty text or 0.
struct ShapeConfig {
  std::string model;        ///< bdlru, hlru, lstm
  std::string gate;         ///< softmax, ... (protocol.md 3.1); empty for lstm
  std::string backbone;     ///< lm
  std::int64_t m = 0;       ///< block size (bdlru) or number of lags (hlru); 0 for lstm
  std::int64_t hidden = 0;  ///< H: blocks (bdlru), channels (hlru), units (lstm)
  std::int64_t width = 0;   ///< d: features of the residual stream
  std::int64_t layers = 0;  ///< repetitions of [mixer, swiglu]
  Precision precision = Precision::fp32;

  std::string task;  ///< permutation, selective_copying
  std::int64_t generator_version = 0;
  std::int64_t group = 0;   ///< n of S_n; permutation only
  std::int64_t copies = 0;  ///< tokens to copy; selective_copying only
  std::int64_t length = 0;  ///< T: tokens of one sequence
  std::int64_t vocab = 0;   ///< V: token ids; n! for permutation, where it is derived
  std::int64_t train = 0;   ///< training sequences
  std::int64_t test = 0;    ///< test sequences

  std::int64_t batch = 0;  ///< sequences of a batch; the last batch of an epoch may be smaller
  std::int64_t epochs = 0;
  Schedule schedule = Schedule::cosine;
  std::int64_t protocol_version = 0;

  friend bool operator==(const ShapeConfig&, const ShapeConfig&) = default;
};

/// What may differ between the replicas of a pack.
struct ReplicaConfig {
  double lr = 0;  ///< peak rate
  double lr_min =
      0;  ///< rate that the cosine falls to; 0 and unused where the schedule is constant
  double weight_decay = 0;  ///< decoupled, AdamW
  double early_stop = 1;    ///< the run ends once the test accuracy is above this; 1 = never
  std::uint64_t seed = 0;   ///< of data, initial values and shuffles
  friend bool operator==(const ReplicaConfig&, const ReplicaConfig&) = default;
};

/// Optimiser steps of one epoch: the last, smaller batch counts.
inline std::int64_t steps_per_epoch(const ShapeConfig& shape) {
  return (shape.train + shape.batch - 1) / shape.batch;
}

/// Reads a run's shape. Keys left out get their defaults, so that a hand-written object may be
/// short. Errors: catalog.bad_config (not a JSON object, unknown key with the nearest one), and
/// those of Vocabulary::complete.
Result<ShapeConfig> parse_shape(std::string_view json);

/// Reads a replica's values, for a shape that parse_shape() returned. Same errors.
Result<ReplicaConfig> parse_replica(const ShapeConfig& shape, std::string_view json);

/// Typed view of the shape keys of an assignment; keys that are not set keep the defaults of
/// ShapeConfig.
ShapeConfig shape_of(const spec::Assignment& assignment);

}  // namespace scanyard::catalog
