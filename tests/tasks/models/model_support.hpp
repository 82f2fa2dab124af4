//! Small models with random data, for tests of layers and of training.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <catch2/catch_test_macros.hpp>

#include <string>

#include "common/random/philox.hpp"
#include "tasks/catalog/config.hpp"
#include "tasks/models/initial_values.hpp"
#include "tasks/models/language_model.hpp"

namespace scanyard::testing {

inline catalog::ShapeConfig parsed(const std::string& json) {
  auto shape = catalog::parse_shape(json);
  if (!shape) FAIL(shape.error().to_string());
  return *shape;
}

/// A shape of the given mixer on a small vocabulary; not a complete configuration.
inline catalog::ShapeConfig small_shape(const std::string& model, std::int64_t m = 0,
                                        const std::string& gate = "softmax") {
  catalog::ShapeConfig shape;
  shape.model = model;
  shape.gate = model == "lstm" ? "" : gate;
  shape.m = m;
  shape.hidden = 3;
  shape.width = 12;
  shape.layers = 2;
  shape.vocab = 7;
  return shape;
}

/// Integers in 0..limit-1, or with a chance of 1/8 the ignored target where `ignore`.
inline at::Tensor random_ids(at::IntArrayRef sizes, std::int64_t limit, std::uint64_t seed,
                             bool ignore = false) {
  at::Tensor ids = at::empty(sizes, at::kInt);
  auto* const data = ids.mutable_data_ptr<std::int32_t>();
  for (std::int64_t i = 0; i < ids.numel(); ++i) {
    random::Draws draws(seed, random::Stream::data, 77, static_cast<std::uint32_t>(i));
    data[i] = static_cast<std::int32_t>(draws.below(static_cast<std::uint32_t>(limit)));
    if (ignore && draws.below(8) == 0) data[i] = -100;
  }
  return ids;
}

/// Parameters of replicas with seeds first_seed, first_seed + 1, ...; every entry is moved off its
/// initial value, so that no gradient is zero by symmetry.
inline models::Parameters random_values(const models::ParameterLayout& layout,
                                        std::int64_t replicas, std::uint64_t first_seed,
                                        at::ScalarType type, double spread = 0.3) {
  models::Parameters values(layout, at::zeros({replicas, layout.row_elements()}, type));
  for (std::int64_t r = 0; r < replicas; ++r) {
    models::set_initial_values(values, r, first_seed + std::uint64_t(r));
    for (std::size_t i = 0; i < layout.entries().size(); ++i) {
      const auto& entry = layout.entries()[i];
      at::Tensor noise = at::empty({entry.count}, at::kDouble);
      for (std::int64_t k = 0; k < entry.count; ++k) {
        random::Draws draws(first_seed + std::uint64_t(r), random::Stream::data_extra,
                            static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k));
        noise.mutable_data_ptr<double>()[k] = spread * draws.normal_pair().first;
      }
      values[{i}].select(0, r).add_(noise.view(entry.shape).to(type));
    }
  }
  return values;
}

inline models::BatchScores empty_scores(std::int64_t replicas, std::int64_t vocab) {
  return {at::empty({replicas}, at::kDouble), at::empty({replicas}, at::kLong),
          at::empty({replicas}, at::kLong), at::empty({replicas, 3, vocab}, at::kLong)};
}

/// Row `r` with the replica axis kept.
inline at::Tensor row(const at::Tensor& tensor, std::int64_t r) {
  return tensor.narrow(0, r, 1).contiguous();
}

/// Bit for bit.
inline bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) return false;
  const at::Tensor x = a.contiguous(), y = b.contiguous();
  return std::memcmp(x.const_data_ptr(), y.const_data_ptr(), x.nbytes()) == 0;
}

}  // namespace scanyard::testing
