//! One row of the GPU scans' part of the table op x m x shape x dtype, and how it is evaluated: on
//! the device, and in float64 by the reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/cuda/bdlru_scan.hpp"
#include "kernels/cuda/hlru_scan.hpp"

namespace scanyard::kernels::test {

enum class ScanOp { bdlru, hlru, hlru_transposed };

/// <In, Out> of the kernels.
enum class ScanTypes { f32, bf16, bf16_states };

struct ScanRow {
  ScanOp op = ScanOp::bdlru;
  ScanTypes types = ScanTypes::f32;
  Gate gate = Gate::softmax;
  ScanShape shape;
  cuda::ScanTuning tuning;
  bool has_workspace = false;  ///< long sequences are cut
  int shift_elements = 0;      ///< arrays begin that many elements after an aligned address

  std::string name() const;
  int in_bytes() const { return types == ScanTypes::f32 ? 4 : 2; }
  int out_bytes() const { return types == ScanTypes::bf16_states ? 2 : 4; }
  /// Elements of a channel at one step.
  std::int64_t z_item() const;
  std::int64_t v_item() const { return op == ScanOp::bdlru ? shape.m : 1; }
  std::int64_t channel_steps() const { return shape.chains * shape.length * shape.channels; }
  std::int64_t z_count() const { return channel_steps() * z_item(); }
  std::int64_t v_count() const { return channel_steps() * v_item(); }
  std::int64_t out_count() const { return channel_steps() * shape.m; }
  /// Read and written once each.
  double forward_bytes() const;
  double backward_bytes() const;
};

/// Launches one pass; pointers are the device's, of the row's types.
cuda::Status launch_forward(const ScanRow& row, const char* z, const char* v, char* out,
                            cuda::Stream stream, float* workspace = nullptr);
cuda::Status launch_backward(const ScanRow& row, const char* z, const char* v, const char* out,
                             const char* dout, char* dz, char* dv, cuda::Stream stream,
                             float* workspace = nullptr);

/// What a row is evaluated on: values that its types hold exactly.
struct ScanInputs {
  std::vector<float> z, v, dout;
};
ScanInputs random_inputs(const ScanRow& row);
/// The part of one sequence.
ScanInputs inputs_of_chain(const ScanRow& row, const ScanInputs& inputs, std::int64_t chain);

/// Everything that a forward and a backward pass write, widened.
struct ScanOutputs {
  std::vector<float> out, dz, dv;
  std::string error;  ///< of the device, or an array written beside its ends; "" for none
  bool operator==(const ScanOutputs&) const = default;
};

/// On the device, in arrays of NaN between guards.
ScanOutputs evaluate_on_device(const ScanRow& row, const ScanInputs& inputs);

struct ScanDoubles {
  std::vector<double> out, dz, dv;
};
/// By the reference in float64. The backward pass gets `states`, the device's output, as the
/// kernels do.
ScanDoubles evaluate_reference(const ScanRow& row, const ScanInputs& inputs,
                               const std::vector<float>& states);
/// sum(dout * out) in float64, with one input moved: index into z, then v.
double reference_loss(const ScanRow& row, const ScanInputs& inputs, std::int64_t index,
                      double step);

}  // namespace scanyard::kernels::test
