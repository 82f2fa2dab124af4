//! Where every parameter of a model lies: one flat row a replica, so that the optimiser, a
//! checkpoint and a shrinking pack handle one tensor instead of dozens.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scanyard::models {

/// How a parameter starts (protocol.md 2.1 and 3.7).
enum class Initial { zeros, ones, normal, uniform };

/// Standard deviation of every linear weight and embedding (protocol.md 2.1).
inline constexpr double linear_deviation = 0.02;

struct ParameterEntry {
  std::string name;                 ///< released name: "layers.0.mix.proj_v.weight"
  std::vector<std::int64_t> shape;  ///< without the replica axis
  Initial initial = Initial::zeros;
  double scale = 0;         ///< standard deviation (normal) or half width (uniform)
  std::int64_t offset = 0;  ///< elements from the start of a replica's row
  std::int64_t count = 0;   ///< elements
};

/// Position of a parameter in its layout.
struct ParameterIndex {
  std::size_t value = 0;
};

/// Names, shapes and places of a model's parameters. Filled while the model is put together, then
/// never changed; any thread may read it.
class ParameterLayout {
 public:
  /// Appends a parameter at the next multiple of 16 elements, so that every replica's slice of a
  /// float or double has the alignment that vector loads like.
  ParameterIndex add(std::string name, std::vector<std::int64_t> shape, Initial initial,
                     double scale = 0);
  /// Appends a parameter right behind the last one, without a gap: the two (same trailing
  /// dimensions) can then be read as one matrix with Parameters::joined().
  ParameterIndex add_joined(std::string name, std::vector<std::int64_t> shape, Initial initial,
                            double scale = 0);

  const std::vector<ParameterEntry>& entries() const { return entries_; }
  const ParameterEntry& entry(ParameterIndex index) const { return entries_[index.value]; }
  /// Elements of one replica's row, with the gaps; a multiple of 16.
  std::int64_t row_elements() const;
  /// Trainable parameters of one replica, without the gaps.
  std::int64_t parameter_count() const;

 private:
  ParameterIndex append(std::string name, std::vector<std::int64_t> shape, Initial initial,
                        double scale, std::int64_t offset);

  std::vector<ParameterEntry> entries_;
  std::int64_t end_ = 0;
};

/// One value a parameter and replica: weights, gradients or moments. A cheap handle; copies share
/// the storage. Gaps between entries hold zeros and stay zero under every optimiser here.
class Parameters {
 public:
  /// `flat` [R, layout.row_elements()], contiguous. The layout must outlive this.
  Parameters(const ParameterLayout& layout, at::Tensor flat);

  const ParameterLayout& layout() const { return *layout_; }
  const at::Tensor& flat() const { return flat_; }
  std::int64_t replicas() const { return flat_.size(0); }

  /// [R, shape...], a view.
  at::Tensor operator[](ParameterIndex index) const;
  /// The rows of `first` and, right behind them, of `second` as one view [R, rows, columns].
  at::Tensor joined(ParameterIndex first, ParameterIndex second) const;

 private:
  at::Tensor view(std::int64_t offset, const std::vector<std::int64_t>& shape) const;

  const ParameterLayout* layout_;
  at::Tensor flat_;
};

}  // namespace scanyard::models
