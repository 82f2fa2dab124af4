#include "tests/kernels/scan_gpu/scan_row.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "kernels/bdlru_scan_reference.hpp"
#include "kernels/hlru_scan_reference.hpp"
#include "kernels/hlru_transposed_scan.hpp"
#include "tests/kernels/scan_gpu/device.hpp"

namespace scanyard::kernels::test {
namespace {

constexpr std::size_t guard_bytes = 256;

std::vector<char> narrowed(const std::vector<float>& values, int element_bytes) {
  std::vector<char> bytes(values.size() * std::size_t(element_bytes));
  if (element_bytes == 4) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
  } else {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Bf16 half = to_bf16(values[i]);
      std::memcpy(bytes.data() + 2 * i, &half, 2);
    }
  }
  return bytes;
}

/// A device array of NaN, or of given values, with guards on both sides.
class Guarded {
 public:
  Guarded(std::int64_t count, int element_bytes, int shift_elements)
      : bytes_(std::size_t(count) * std::size_t(element_bytes)),
        element_bytes_(element_bytes),
        start_(guard_bytes + std::size_t(shift_elements * element_bytes)),
        memory_(bytes_ + start_ + guard_bytes),
        all_(memory_.size(), char(0xff)) {
    copy_to_device(memory_.data(), all_.data(), all_.size());
  }
  Guarded(const std::vector<float>& values, int element_bytes, int shift_elements)
      : Guarded(std::int64_t(values.size()), element_bytes, shift_elements) {
    const auto bytes = narrowed(values, element_bytes);
    copy_to_device(data(), bytes.data(), bytes.size());
  }

  char* data() const { return memory_.data() + start_; }

  /// The values; sets `error` where a guard has changed.
  std::vector<float> read(const char* name, std::string& error) {
    copy_from_device(all_.data(), memory_.data(), all_.size());
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const bool is_guard = i < start_ || i >= start_ + bytes_;
      if (is_guard && all_[i] != char(0xff))
        error = std::string(name) + " was written outside its array";
    }
    std::vector<float> values(bytes_ / std::size_t(element_bytes_));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const char* const at = all_.data() + start_ + i * std::size_t(element_bytes_);
      if (element_bytes_ == 4) {
        std::memcpy(&values[i], at, 4);
      } else {
        Bf16 half;
        std::memcpy(&half, at, 2);
        values[i] = widen(half);
      }
    }
    return values;
  }

 private:
  std::size_t bytes_;
  int element_bytes_;
  std::size_t start_;
  DeviceBytes memory_;
  std::vector<char> all_;
};

template <class In, class Out>
cuda::Status forward_of(const ScanRow& row, const char* z, const char* v, char* out,
                        cuda::Stream stream, float* workspace) {
  const auto* const in_z = reinterpret_cast<const In*>(z);
  const auto* const in_v = reinterpret_cast<const In*>(v);
  auto* const states = reinterpret_cast<Out*>(out);
  if (row.op == ScanOp::bdlru)
    return cuda::bdlru_scan_forward(row.gate, row.shape, in_z, in_v, states, stream, row.tuning,
                                    workspace);
  const auto form = row.op == ScanOp::hlru ? cuda::HlruForm::plain : cuda::HlruForm::transposed;
  return cuda::hlru_scan_forward(row.gate, row.shape, in_z, in_v, states, stream, form, row.tuning);
}

template <class In, class Out>
cuda::Status backward_of(const ScanRow& row, const char* z, const char* v, const char* out,
                         const char* dout, char* dz, char* dv, cuda::Stream stream,
                         float* workspace) {
  const auto* const in_z = reinterpret_cast<const In*>(z);
  const auto* const in_v = reinterpret_cast<const In*>(v);
  const auto* const states = reinterpret_cast<const Out*>(out);
  const auto* const gradient = reinterpret_cast<const Out*>(dout);
  auto* const out_z = reinterpret_cast<In*>(dz);
  auto* const out_v = reinterpret_cast<In*>(dv);
  if (row.op == ScanOp::bdlru) {
    return cuda::bdlru_scan_backward(row.gate, row.shape, in_z, in_v, states, gradient, out_z,
                                     out_v, stream, row.tuning, workspace);
  }
  const auto form = row.op == ScanOp::hlru ? cuda::HlruForm::plain : cuda::HlruForm::transposed;
  return cuda::hlru_scan_backward(row.gate, row.shape, in_z, in_v, states, gradient, out_z, out_v,
                                  stream, form, row.tuning);
}

void reference_forward(const ScanRow& row, const std::vector<double>& z,
                       const std::vector<double>& v, std::vector<double>& out) {
  const Range all{0, row.shape.chains};
  if (row.op == ScanOp::bdlru)
    reference::bdlru_scan_forward(row.gate, row.shape, z.data(), v.data(), out.data(), all);
  else if (row.op == ScanOp::hlru)
    reference::hlru_scan_forward(row.gate, row.shape, z.data(), v.data(), out.data(), all);
  else
    hlru_transposed_scan_forward(row.gate, row.shape, z.data(), v.data(), out.data(), all);
}

std::vector<double> doubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

const char* to_text(ScanOp op) {
  constexpr const char* names[] = {"bdlru", "hlru", "hlru_transposed"};
  return names[int(op)];
}

const char* to_text(ScanTypes types) {
  constexpr const char* names[] = {"f32", "bf16", "bf16+states"};
  return names[int(types)];
}

}  // namespace

std::string ScanRow::name() const {
  std::string text = std::string(to_text(op)) + " [" + std::string(kernels::to_text(gate)) +
                     " N=" + std::to_string(shape.chains) + " T=" + std::to_string(shape.length) +
                     " H=" + std::to_string(shape.channels) + " m=" + std::to_string(shape.m) +
                     "] " + to_text(types);
  if (has_workspace) text += " with a workspace";
  if (shift_elements > 0) text += " shifted by " + std::to_string(shift_elements);
  if (tuning.warps_per_team > 0) {
    text += " " + std::to_string(tuning.warps_per_team) + "x" +
            std::to_string(tuning.teams_per_block) + " warps, " + std::to_string(tuning.stages) +
            " stages, " + std::to_string(tuning.chains_per_team) + " chains";
  }
  return text;
}

std::int64_t ScanRow::z_item() const {
  return op == ScanOp::bdlru ? shape.m * (shape.m + 1) : shape.m + 1;
}

double ScanRow::forward_bytes() const {
  return double(z_count() + v_count()) * in_bytes() + double(out_count()) * out_bytes();
}

double ScanRow::backward_bytes() const {
  return 2 * forward_bytes();
}

cuda::Status launch_forward(const ScanRow& row, const char* z, const char* v, char* out,
                            cuda::Stream stream, float* workspace) {
  switch (row.types) {
    case ScanTypes::f32:
      return forward_of<float, float>(row, z, v, out, stream, workspace);
    case ScanTypes::bf16:
      return forward_of<Bf16, float>(row, z, v, out, stream, workspace);
    default:
      return forward_of<Bf16, Bf16>(row, z, v, out, stream, workspace);
  }
}

cuda::Status launch_backward(const ScanRow& row, const char* z, const char* v, const char* out,
                             const char* dout, char* dz, char* dv, cuda::Stream stream,
                             float* workspace) {
  switch (row.types) {
    case ScanTypes::f32:
      return backward_of<float, float>(row, z, v, out, dout, dz, dv, stream, workspace);
    case ScanTypes::bf16:
      return backward_of<Bf16, float>(row, z, v, out, dout, dz, dv, stream, workspace);
    default:
      return backward_of<Bf16, Bf16>(row, z, v, out, dout, dz, dv, stream, workspace);
  }
}

ScanInputs random_inputs(const ScanRow& row) {
  std::mt19937 engine(std::uint32_t(row.z_count() * 31 + row.shape.m));
  std::normal_distribution<float> normal;
  // Without normalisation, states grow by m at each step: smaller gates keep them in range.
  const float scale = row.gate == Gate::no_norm ? 0.7f / float(row.shape.m) : 1.f;
  const auto draw = [&](std::int64_t count, float times) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) {
      do  // away from 0, where some gates have a kink
        value = widen(to_bf16(times * normal(engine)));
      while (std::abs(value) < 0.01f * times);
    }
    return values;
  };
  return {draw(row.z_count(), scale), draw(row.v_count(), 1), draw(row.out_count(), 1)};
}

ScanInputs inputs_of_chain(const ScanRow& row, const ScanInputs& inputs, std::int64_t chain) {
  const auto part = [&](const std::vector<float>& all) {
    const auto count = std::int64_t(all.size()) / row.shape.chains;
    return std::vector<float>(all.begin() + chain * count, all.begin() + (chain + 1) * count);
  };
  return {part(inputs.z), part(inputs.v), part(inputs.dout)};
}

ScanOutputs evaluate_on_device(const ScanRow& row, const ScanInputs& inputs) {
  const int in = row.in_bytes(), out = row.out_bytes(), shift = row.shift_elements;
  const Guarded z(inputs.z, in, shift), v(inputs.v, in, shift), dout(inputs.dout, out, shift);
  Guarded states(row.out_count(), out, shift), dz(row.z_count(), in, shift);
  Guarded dv(row.v_count(), in, shift);
  ScanOutputs outputs;
  const DeviceBytes memory(std::size_t(
      row.has_workspace ? cuda::bdlru_scan_workspace(row.shape) * std::int64_t(sizeof(float)) : 0));
  auto* const workspace = row.has_workspace ? reinterpret_cast<float*>(memory.data()) : nullptr;
  cuda::Status status = launch_forward(row, z.data(), v.data(), states.data(), nullptr, workspace);
  if (status == 0) {
    status = launch_backward(row, z.data(), v.data(), states.data(), dout.data(), dz.data(),
                             dv.data(), nullptr, workspace);
  }
  outputs.error = status == 0 ? finish_device() : cuda::describe(status);
  if (!outputs.error.empty()) return outputs;
  outputs.out = states.read("the output", outputs.error);
  outputs.dz = dz.read("dz", outputs.error);
  outputs.dv = dv.read("dv", outputs.error);
  return outputs;
}

ScanDoubles evaluate_reference(const ScanRow& row, const ScanInputs& inputs,
                               const std::vector<float>& states) {
  const auto z = doubles(inputs.z), v = doubles(inputs.v), dout = doubles(inputs.dout);
  const auto h = doubles(states);
  ScanDoubles result{std::vector<double>(h.size()), std::vector<double>(z.size()),
                     std::vector<double>(v.size())};
  reference_forward(row, z, v, result.out);
  const Range all{0, row.shape.chains};
  if (row.op == ScanOp::bdlru)
    reference::bdlru_scan_backward(row.gate, row.shape, z.data(), v.data(), h.data(), dout.data(),
                                   result.dz.data(), result.dv.data(), all);
  else if (row.op == ScanOp::hlru)
    reference::hlru_scan_backward(row.gate, row.shape, z.data(), v.data(), h.data(), dout.data(),
                                  result.dz.data(), result.dv.data(), all);
  else
    hlru_transposed_scan_backward(row.gate, row.shape, z.data(), v.data(), h.data(), dout.data(),
                                  result.dz.data(), result.dv.data(), all);
  return result;
}

double reference_loss(const ScanRow& row, const ScanInputs& inputs, std::int64_t index,
                      double step) {
  auto z = doubles(inputs.z), v = doubles(inputs.v);
  if (index < row.z_count())
    z[std::size_t(index)] += step;
  else
    v[std::size_t(index - row.z_count())] += step;
  std::vector<double> out(inputs.dout.size());
  reference_forward(row, z, v, out);
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i)
    sum += double(inputs.dout[i]) * out[i];
  return sum;
}

}  // namespace scanyard::kernels::test
