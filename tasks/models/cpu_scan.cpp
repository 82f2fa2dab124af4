//! The gated recurrences on the CPU: chains (replica and sequence) are shared out over threads.
#include <array>

#include "common/assert.hpp"
#include "kernels/bdlru_scan.hpp"
#include "kernels/hlru_scan.hpp"
#include "tasks/models/cpu_backend.hpp"
#include "tasks/models/cpu_parallel.hpp"

namespace scanyard::models {
namespace {

constexpr std::int64_t chains_a_piece = 4;

/// h [R, B, T, H, m].
kernels::ScanShape shape_of(const at::Tensor& h) {
  return {
      .chains = h.size(0) * h.size(1), .length = h.size(2), .channels = h.size(3), .m = h.size(4)};
}

template <class Work>
void for_each_chains(const kernels::ScanShape& shape, const at::Tensor& z, const Work& work) {
  for_each_rows(1, shape.chains, chains_a_piece, z.numel() / shape.chains, [&](RowPiece p) {
    work(kernels::Range{p.begin, p.end});
  });
}

/// Calls `work` with values of the types of raw gates and of states.
template <class Work>
void with_types(const at::Tensor& z, const at::Tensor& h, const Work& work) {
  if (h.scalar_type() == at::kDouble) {
    SCANYARD_ASSERT(z.scalar_type() == at::kDouble, "float64 states come from float64 gates");
    work(double{}, double{});
  } else if (z.scalar_type() == at::kBFloat16) {
    work(kernels::Bf16{}, float{});
  } else {
    SCANYARD_ASSERT(z.scalar_type() == at::kFloat, "gates are bf16, float32 or float64");
    work(float{}, float{});
  }
}

template <class T>
const T* in(const at::Tensor& x) {
  return static_cast<const T*>(x.const_data_ptr());
}
template <class T>
T* out(const at::Tensor& x) {
  return static_cast<T*>(x.mutable_data_ptr());
}

}  // namespace

void CpuBackend::bdlru_forward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                               const at::Tensor& h) {
  const auto shape = shape_of(h);
  with_types(z, h, [&]<class In, class T>(In, T) {
    for_each_chains(shape, z, [&](kernels::Range range) {
      kernels::bdlru_scan_forward(gate, shape, in<In>(z), in<In>(v), out<T>(h), range);
    });
  });
}

void CpuBackend::bdlru_backward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                                const at::Tensor& h, const at::Tensor& dh, const at::Tensor& dz,
                                const at::Tensor& dv) {
  const auto shape = shape_of(h);
  with_types(z, h, [&]<class In, class T>(In, T) {
    for_each_chains(shape, z, [&](kernels::Range range) {
      kernels::bdlru_scan_backward(gate, shape, in<In>(z), in<In>(v), in<T>(h), in<T>(dh),
                                   out<In>(dz), out<In>(dv), range);
    });
  });
}

void CpuBackend::hlru_forward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                              const at::Tensor& y) {
  const auto shape = shape_of(y);
  with_types(z, y, [&]<class In, class T>(In, T) {
    for_each_chains(shape, z, [&](kernels::Range range) {
      kernels::hlru_scan_forward(gate, shape, in<In>(z), in<In>(v), out<T>(y), range);
    });
  });
}

void CpuBackend::hlru_backward(kernels::Gate gate, const at::Tensor& z, const at::Tensor& v,
                               const at::Tensor& y, const at::Tensor& dy, const at::Tensor& dz,
                               const at::Tensor& dv) {
  const auto shape = shape_of(y);
  with_types(z, y, [&]<class In, class T>(In, T) {
    for_each_chains(shape, z, [&](kernels::Range range) {
      kernels::hlru_scan_backward(gate, shape, in<In>(z), in<In>(v), in<T>(y), in<T>(dy),
                                  out<In>(dz), out<In>(dv), range);
    });
  });
}

}  // namespace scanyard::models
