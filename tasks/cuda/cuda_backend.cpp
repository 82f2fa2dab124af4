#include "tasks/cuda/cuda_backend.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include "kernels/cuda/bdlru_scan.hpp"
#include "kernels/cuda/column_sum.hpp"
#include "kernels/cuda/cross_entropy.hpp"
#include "kernels/cuda/embedding.hpp"
#include "kernels/cuda/hlru_scan.hpp"
#include "kernels/cuda/layer_norm.hpp"
#include "kernels/cuda/swiglu.hpp"
#include "tasks/cuda/tensors.hpp"

namespace scanyard::cuda {
namespace {

namespace device = kernels::cuda;
using kernels::ScanShape;

/// states [R, B, T, H, m].
ScanShape scan_shape(const Tensor& states) {
  return {states.size(0) * states.size(1), states.size(2), states.size(3), states.size(4)};
}

/// x [R, N, d]; w a parameter [R, d].
device::NormShape norm_shape(const Tensor& x, const Tensor& w) {
  TORCH_CHECK(x.size(2) <= device::norm_features_max, "the GPU's layer norm takes up to ",
              device::norm_features_max, " features, not ", x.size(2));
  return {x.size(0), x.size(1), x.size(2), w.stride(0)};
}

device::EmbeddingShape embedding_shape(const Tensor& x, const Tensor& table) {
  return {x.size(0), x.size(1), table.size(1), x.size(2), table.stride(0)};
}

}  // namespace

Tensor CudaBackend::Scratch::get(std::int64_t count, const at::TensorOptions& options,
                                 bool all_zeros) {
  if (!storage.defined() || storage.numel() < count) {
    if (storage.defined()) outgrown.push_back(storage);
    storage = all_zeros ? at::zeros({count}, options) : at::empty({count}, options);
  }
  return storage;
}

unsigned* CudaBackend::counters(std::int64_t count, const Tensor& like) {
  const Tensor all = counters_.get(count, like.options().dtype(at::kInt), true);
  return reinterpret_cast<unsigned*>(all.mutable_data_ptr<std::int32_t>());
}

void CudaBackend::layer_norm_forward(const Tensor& x, const Tensor& w, const Tensor& b,
                                     const Tensor& y, const Tensor& mean, const Tensor& rstd) {
  with_factor(y, [&](auto* out) {
    check(device::layer_norm_forward(norm_shape(x, w), floats(x), floats(w), floats(b), out,
                                     floats(mean), floats(rstd), stream()),
          "layer norm");
  });
}

void CudaBackend::layer_norm_backward(const Tensor& dy, const Tensor& x, const Tensor& mean,
                                      const Tensor& rstd, const Tensor& w, bool add,
                                      const Tensor& dx, const Tensor& dx_factor, const Tensor& dw,
                                      const Tensor& db) {
  const device::NormShape shape = norm_shape(x, dw);
  const Tensor workspace = floats_.get(device::layer_norm_workspace(shape), x.options(), false);
  with_factor(dy, [&]<class Factor>(Factor* from) {
    device::NormGradients<Factor> to;
    to.dy = from;
    to.residual = add ? floats(dx) : nullptr;
    to.dx = floats(dx);
    if (!dx_factor.is_same(dx)) to.dx_factor = static_cast<Factor*>(dx_factor.mutable_data_ptr());
    to.dw = floats(dw);
    to.db = floats(db);
    to.workspace = floats(workspace);
    to.counters = counters(shape.replicas, x);
    check(device::layer_norm_backward(shape, floats(x), floats(mean), floats(rstd), floats(w), to,
                                      stream()),
          "layer norm's gradient");
  });
}

void CudaBackend::swiglu_forward(const Tensor& ab, const Tensor& s) {
  with_factor(ab, [&]<class Factor>(Factor* from) {
    check(device::swiglu_forward(from, static_cast<Factor*>(s.mutable_data_ptr()),
                                 s.size(0) * s.size(1), s.size(2), stream()),
          "SwiGLU");
  });
}

void CudaBackend::swiglu_backward(const Tensor& ab, const Tensor& ds, const Tensor& dab) {
  with_factor(ab, [&]<class Factor>(Factor* from) {
    check(device::swiglu_backward(from, static_cast<const Factor*>(ds.const_data_ptr()),
                                  static_cast<Factor*>(dab.mutable_data_ptr()),
                                  ds.size(0) * ds.size(1), ds.size(2), stream()),
          "SwiGLU's gradient");
  });
}

void CudaBackend::bdlru_forward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                                const Tensor& h) {
  with_factor(z, [&]<class Factor>(const Factor* gates) {
    check(device::bdlru_scan_forward(gate, scan_shape(h), gates,
                                     static_cast<const Factor*>(v.const_data_ptr()),
                                     static_cast<Factor*>(h.mutable_data_ptr()), stream()),
          "the BD-LRU scan");
  });
}

void CudaBackend::bdlru_backward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                                 const Tensor& h, const Tensor& dh, const Tensor& dz,
                                 const Tensor& dv) {
  with_factor(z, [&]<class Factor>(const Factor* gates) {
    check(device::bdlru_scan_backward(gate, scan_shape(h), gates,
                                      static_cast<const Factor*>(v.const_data_ptr()),
                                      static_cast<const Factor*>(h.const_data_ptr()),
                                      static_cast<const Factor*>(dh.const_data_ptr()),
                                      static_cast<Factor*>(dz.mutable_data_ptr()),
                                      static_cast<Factor*>(dv.mutable_data_ptr()), stream()),
          "the BD-LRU scan's gradient");
  });
}

void CudaBackend::hlru_forward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                               const Tensor& y) {
  with_factor(z, [&]<class Factor>(const Factor* gates) {
    check(device::hlru_scan_forward(gate, scan_shape(y), gates,
                                    static_cast<const Factor*>(v.const_data_ptr()),
                                    static_cast<Factor*>(y.mutable_data_ptr()), stream()),
          "the H-LRU scan");
  });
}

void CudaBackend::hlru_backward(kernels::Gate gate, const Tensor& z, const Tensor& v,
                                const Tensor& y, const Tensor& dy, const Tensor& dz,
                                const Tensor& dv) {
  with_factor(z, [&]<class Factor>(const Factor* gates) {
    check(device::hlru_scan_backward(gate, scan_shape(y), gates,
                                     static_cast<const Factor*>(v.const_data_ptr()),
                                     static_cast<const Factor*>(y.const_data_ptr()),
                                     static_cast<const Factor*>(dy.const_data_ptr()),
                                     static_cast<Factor*>(dz.mutable_data_ptr()),
                                     static_cast<Factor*>(dv.mutable_data_ptr()), stream()),
          "the H-LRU scan's gradient");
  });
}

void CudaBackend::embedding_forward(const Tensor& ids, const Tensor& table, const Tensor& x) {
  check(device::embedding_forward(embedding_shape(x, table), ids.const_data_ptr<std::int32_t>(),
                                  floats(table), floats(x), stream()),
        "the embedding");
}

void CudaBackend::embedding_backward(const Tensor& ids, const Tensor& dx, const Tensor& dtable) {
  check(device::embedding_backward(embedding_shape(dx, dtable), ids.const_data_ptr<std::int32_t>(),
                                   floats(dx), floats(dtable), stream()),
        "the embedding's gradient");
}

void CudaBackend::cross_entropy(const Tensor& logits, const Tensor& targets, bool gradient,
                                const models::BatchScores& scores) {
  const device::CrossEntropyShape shape{logits.size(0), logits.size(1), logits.size(2)};
  const std::int64_t shares = device::cross_entropy_workspace(shape);
  device::CrossEntropyWorkspace workspace;
  workspace.losses =
      losses_.get(shares, logits.options().dtype(at::kDouble), false).mutable_data_ptr<double>();
  workspace.right = rights_.get(shares, logits.options().dtype(at::kLong), false)
                        .mutable_data_ptr<std::int64_t>();
  workspace.counters = counters(shape.replicas, logits);
  device::CrossEntropyScores out;
  out.loss_sum = scores.loss_sum.mutable_data_ptr<double>();
  out.scored = scores.scored.mutable_data_ptr<std::int64_t>();
  out.right = scores.right.mutable_data_ptr<std::int64_t>();
  if (scores.counts.defined()) out.counts = scores.counts.mutable_data_ptr<std::int64_t>();
  if (scores.cursor.defined()) {
    out.slot = scores.cursor.const_data_ptr<std::int32_t>();
    out.scored_is_there = true;
  } else if (scores.counts.defined()) {
    scores.counts.zero_();  // the kernel adds
  }
  with_factor(logits, [&](auto* rows) {
    check(device::cross_entropy(shape, rows, targets.const_data_ptr<std::int32_t>(), gradient, out,
                                workspace, stream()),
          "the cross-entropy");
  });
}

}  // namespace scanyard::cuda
