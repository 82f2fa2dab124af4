#include "tasks/cuda/cuda_backend.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>

#include "kernels/cuda/bdlru_scan.hpp"
#include "kernels/cuda/cross_entropy.hpp"
#include "kernels/cuda/elementwise.hpp"
#include "kernels/cuda/hlru_scan.hpp"
#include "kernels/cuda/layer_norm.hpp"
#include "tasks/cuda/products.hpp"

namespace scanyard::cuda {
namespace {

namespace device = kernels::cuda;
using kernels::Bf16;
using kernels::ScanShape;

device::Stream stream() {
  return c10::cuda::getCurrentCUDAStream().stream();
}

void check(device::Status status, const char* operation) {
  TORCH_CHECK(status == 0, "launching ", operation,
              " on the GPU failed: ", device::describe(status));
}

float* floats(const Tensor& x) {
  return x.mutable_data_ptr<float>();
}
Bf16* halves(const Tensor& x) {
  return reinterpret_cast<Bf16*>(x.mutable_data_ptr<at::BFloat16>());
}
bool is_bf16(const Tensor& x) {
  return x.scalar_type() == at::kBFloat16;
}

/// states [R, B, T, H, m].
ScanShape scan_shape(const Tensor& states) {
  return {states.size(0) * states.size(1), states.size(2), states.size(3), states.size(4)};
}

}  // namespace

void CudaBackend::layer_norm_forward(const Tensor& x, const Tensor& w, const Tensor& b,
                                     const Tensor& y, const Tensor& mean, const Tensor& rstd) {
  const Tensor weight = w.contiguous(), bias = b.contiguous();
  check(device::layer_norm_forward({x.size(0), x.size(1), x.size(2)}, floats(x), floats(weight),
                                   floats(bias), floats(y), floats(mean), floats(rstd), stream()),
        "layer norm");
}

void CudaBackend::layer_norm_backward(const Tensor& dy, const Tensor& x, const Tensor& mean,
                                      const Tensor& rstd, const Tensor& w, const Tensor& dx,
                                      const Tensor& dw, const Tensor& db) {
  const device::NormShape shape{x.size(0), x.size(1), x.size(2)};
  const Tensor weight = w.contiguous();
  const Tensor workspace = at::empty({device::layer_norm_workspace(shape)}, x.options());
  // The kernel writes dense rows; a parameter's gradient is a slice of a longer one.
  const Tensor weight_gradient = at::empty({x.size(0), x.size(2)}, x.options());
  const Tensor bias_gradient = at::empty({x.size(0), x.size(2)}, x.options());
  check(device::layer_norm_backward(shape, floats(dy), floats(x), floats(mean), floats(rstd),
                                    floats(weight), floats(dx), floats(weight_gradient),
                                    floats(bias_gradient), floats(workspace), stream()),
        "layer norm's gradient");
  dw.copy_(weight_gradient);
  db.copy_(bias_gradient);
}

void CudaBackend::swiglu_forward(const Tensor& ab, const Tensor& s) {
  check(device::swiglu_forward(floats(ab), floats(s), s.size(0) * s.size(1), s.size(2), stream()),
        "SwiGLU");
}

void CudaBackend::swiglu_backward(const Tensor& ab, const Tensor& ds, const Tensor& dab) {
  check(device::swiglu_backward(floats(ab), floats(ds), floats(dab), ds.size(0) * ds.size(1),
                                ds.size(2), stream()),
        "SwiGLU's gradient");
}

void CudaBackend::bdlru_forward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                                const Tensor& h) {
  const ScanShape shape = scan_shape(h);
  check(is_bf16(z)
            ? device::bdlru_scan_forward(gate, shape, halves(z), halves(v), floats(h), stream())
            : device::bdlru_scan_forward(gate, shape, floats(z), floats(v), floats(h), stream()),
        "the BD-LRU scan");
}

void CudaBackend::bdlru_backward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                                 const Tensor& h, const Tensor& dh, const Tensor& dz,
                                 const Tensor& dv) {
  const ScanShape shape = scan_shape(h);
  check(is_bf16(z) ? device::bdlru_scan_backward(gate, shape, halves(z), halves(v), floats(h),
                                                 floats(dh), halves(dz), halves(dv), stream())
                   : device::bdlru_scan_backward(gate, shape, floats(z), floats(v), floats(h),
                                                 floats(dh), floats(dz), floats(dv), stream()),
        "the BD-LRU scan's gradient");
}

void CudaBackend::hlru_forward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                               const Tensor& y) {
  const ScanShape shape = scan_shape(y);
  check(is_bf16(z)
            ? device::hlru_scan_forward(gate, shape, halves(z), halves(v), floats(y), stream())
            : device::hlru_scan_forward(gate, shape, floats(z), floats(v), floats(y), stream()),
        "the H-LRU scan");
}

void CudaBackend::hlru_backward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                                const Tensor& y, const Tensor& dy, const Tensor& dz,
                                const Tensor& dv) {
  const ScanShape shape = scan_shape(y);
  check(is_bf16(z) ? device::hlru_scan_backward(gate, shape, halves(z), halves(v), floats(y),
                                                floats(dy), halves(dz), halves(dv), stream())
                   : device::hlru_scan_backward(gate, shape, floats(z), floats(v), floats(y),
                                                floats(dy), floats(dz), floats(dv), stream()),
        "the H-LRU scan's gradient");
}

void CudaBackend::lstm_forward(Products products, const Tensor& gates, const Tensor& w,
                               const Tensor& cell, const Tensor& hidden,
                               const Tensor& hidden_before) {
  const std::int64_t replicas = gates.size(0), sequences = gates.size(1), units = cell.size(3);
  const Tensor transposed = w.transpose(1, 2);
  const Tensor recurrent = at::empty({replicas, sequences, 4 * units}, gates.options());
  for (std::int64_t t = 0; t < gates.size(2); ++t) {
    if (t > 0) multiply(products, hidden.select(2, t - 1), transposed, recurrent, false);
    check(device::lstm_cell_forward({replicas * sequences, gates.size(2), units, t}, floats(gates),
                                    t > 0 ? floats(recurrent) : nullptr, floats(cell),
                                    floats(hidden), floats(hidden_before), stream()),
          "the LSTM cell");
  }
}

void CudaBackend::lstm_backward(Products products, const Tensor& gates, const Tensor& w,
                                const Tensor& cell, const Tensor& dhidden) {
  const std::int64_t replicas = gates.size(0), sequences = gates.size(1), units = cell.size(3);
  const Tensor dcell = at::zeros({replicas, sequences, units}, cell.options());
  const Tensor share = at::empty({replicas, sequences, units}, cell.options());
  for (std::int64_t t = gates.size(2) - 1; t >= 0; --t) {
    check(device::lstm_cell_backward({replicas * sequences, gates.size(2), units, t}, floats(gates),
                                     floats(cell), floats(dhidden), floats(dcell), stream()),
          "the LSTM cell's gradient");
    if (t == 0) continue;
    multiply(products, gates.select(2, t), w, share, false);
    dhidden.select(2, t - 1).add_(share);
  }
}

void CudaBackend::embedding_forward(const Tensor& ids, const Tensor& table, const Tensor& x) {
  const Tensor rows = table.contiguous();
  check(device::embedding_forward({x.size(0), x.size(1), table.size(1), x.size(2)},
                                  ids.const_data_ptr<std::int32_t>(), floats(rows), floats(x),
                                  stream()),
        "the embedding");
}

void CudaBackend::embedding_backward(const Tensor& ids, const Tensor& dx, const Tensor& dtable) {
  const Tensor gradient = at::empty(dtable.sizes(), dtable.options());
  check(device::embedding_backward({dx.size(0), dx.size(1), dtable.size(1), dx.size(2)},
                                   ids.const_data_ptr<std::int32_t>(), floats(dx), floats(gradient),
                                   stream()),
        "the embedding's gradient");
  dtable.copy_(gradient);
}

void CudaBackend::cross_entropy(const Tensor& logits, const Tensor& targets, bool gradient,
                                const models::BatchScores& scores) {
  const Tensor workspace = at::empty({logits.size(0), logits.size(1)}, logits.options());
  const device::CrossEntropyScores out{scores.loss_sum.mutable_data_ptr<double>(),
                                       scores.scored.mutable_data_ptr<std::int64_t>(),
                                       scores.right.mutable_data_ptr<std::int64_t>(),
                                       scores.counts.mutable_data_ptr<std::int64_t>()};
  check(device::cross_entropy({logits.size(0), logits.size(1), logits.size(2)}, floats(logits),
                              targets.const_data_ptr<std::int32_t>(), gradient, out,
                              floats(workspace), stream()),
        "the cross-entropy");
}

void CudaBackend::adamw(std::span<const kernels::AdamwScalars> scalars, const Tensor& gradients,
                        const Tensor& values, const Tensor& first_moments,
                        const Tensor& second_moments) {
  const std::int64_t parameters = values.size(1), replicas = values.size(0);
  for (std::int64_t r = 0; r < replicas; r += device::adamw_replicas_max) {
    const auto count = std::min<std::int64_t>(device::adamw_replicas_max, replicas - r);
    const std::int64_t offset = r * parameters;
    check(device::adamw_step(scalars.data() + r, static_cast<int>(count), parameters,
                             floats(gradients) + offset, floats(values) + offset,
                             floats(first_moments) + offset, floats(second_moments) + offset,
                             stream()),
          "AdamW");
  }
}

}  // namespace scanyard::cuda
