#include "kernels/cuda/bdlru_scan.hpp"
#include "kernels/cuda/device.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int threads = 128;

/// M > 0: block size known at compile time, the state lives in registers. M = 0: any m up to
/// scan_m_max.
template <class In, int M>
__global__ void forward_kernel(Gate gate, ScanShape shape, const In* z, const In* v, float* h) {
  const std::int64_t chain = std::int64_t(blockIdx.x) * threads + threadIdx.x;
  if (chain >= shape.chains * shape.channels) return;
  const int m = M > 0 ? M : static_cast<int>(shape.m);
  const std::int64_t n = chain / shape.channels, k = chain % shape.channels;
  float state[M > 0 ? M : scan_m_max] = {};
  float next[M > 0 ? M : scan_m_max];
  for (std::int64_t t = 0; t < shape.length; ++t) {
    const std::int64_t at = (n * shape.length + t) * shape.channels + k;
    for (int i = 0; i < m; ++i) {
      const In* row_z = z + (at * m + i) * (m + 1);
      const GateRow row = read_gate_row(gate, row_z, m + 1);
      float sum = gate_raw(gate, load(row_z + m), row.shift) * load(v + at * m + i);
      for (int j = 0; j < m; ++j)
        sum += gate_raw(gate, load(row_z + j), row.shift) * state[j];
      next[i] = sum / row.divisor;
    }
    for (int i = 0; i < m; ++i) {
      state[i] = next[i];
      h[at * m + i] = next[i];
    }
  }
}

template <class In, int M>
__global__ void backward_kernel(Gate gate, ScanShape shape, const In* z, const In* v,
                                const float* h, const float* dh, In* dz, In* dv) {
  const std::int64_t chain = std::int64_t(blockIdx.x) * threads + threadIdx.x;
  if (chain >= shape.chains * shape.channels) return;
  const int m = M > 0 ? M : static_cast<int>(shape.m);
  const std::int64_t n = chain / shape.channels, k = chain % shape.channels;
  float carry[M > 0 ? M : scan_m_max] = {};  // A_{t+1}^T u_{t+1}
  float before[M > 0 ? M : scan_m_max];
  float next[M > 0 ? M : scan_m_max];
  for (std::int64_t t = shape.length - 1; t >= 0; --t) {
    const std::int64_t at = (n * shape.length + t) * shape.channels + k;
    for (int j = 0; j < m; ++j) {
      before[j] = t > 0 ? h[(at - shape.channels) * m + j] : 0.f;
      next[j] = 0;
    }
    for (int i = 0; i < m; ++i) {
      const In* row_z = z + (at * m + i) * (m + 1);
      const GateRow row = read_gate_row(gate, row_z, m + 1);
      const float u = dh[at * m + i] + carry[i];
      const float value = load(v + at * m + i);
      const float input_gate = gate_raw(gate, load(row_z + m), row.shift) / row.divisor;
      float dot = u * value * input_gate;
      for (int j = 0; j < m; ++j) {
        const float a = gate_raw(gate, load(row_z + j), row.shift) / row.divisor;
        next[j] += a * u;
        dot += u * before[j] * a;
      }
      store(dv + at * m + i, u * input_gate);
      In* row_dz = dz + (at * m + i) * (m + 1);
      for (int j = 0; j <= m; ++j) {
        const float raw = load(row_z + j);
        const float a = gate_raw(gate, raw, row.shift) / row.divisor;
        const float da = u * (j < m ? before[j < m ? j : 0] : value);
        store(row_dz + j, gate_gradient(gate, row, raw, a, da, dot));
      }
    }
    for (int j = 0; j < m; ++j)
      carry[j] = next[j];
  }
}

/// Calls `launch` with the compile-time block size that fits m.
template <class Launch>
void with_block_size(std::int64_t m, Launch launch) {
  switch (m) {
    case 1:
      return launch.template operator()<1>();
    case 2:
      return launch.template operator()<2>();
    case 3:
      return launch.template operator()<3>();
    case 4:
      return launch.template operator()<4>();
    case 5:
      return launch.template operator()<5>();
    case 6:
      return launch.template operator()<6>();
    case 8:
      return launch.template operator()<8>();
    case 16:
      return launch.template operator()<16>();
    default:
      return launch.template operator()<0>();
  }
}

}  // namespace

template <class In>
Status bdlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, float* h,
                          Stream stream) {
  const unsigned blocks = blocks_for(shape.chains * shape.channels, threads);
  if (blocks == 0) return cudaSuccess;
  with_block_size(shape.m, [&]<int M>() {
    forward_kernel<In, M><<<blocks, threads, 0, stream>>>(gate, shape, z, v, h);
  });
  return cudaGetLastError();
}

template <class In>
Status bdlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v,
                           const float* h, const float* dh, In* dz, In* dv, Stream stream) {
  const unsigned blocks = blocks_for(shape.chains * shape.channels, threads);
  if (blocks == 0) return cudaSuccess;
  with_block_size(shape.m, [&]<int M>() {
    backward_kernel<In, M><<<blocks, threads, 0, stream>>>(gate, shape, z, v, h, dh, dz, dv);
  });
  return cudaGetLastError();
}

template Status bdlru_scan_forward(Gate, const ScanShape&, const float*, const float*, float*,
                                   Stream);
template Status bdlru_scan_forward(Gate, const ScanShape&, const Bf16*, const Bf16*, float*,
                                   Stream);
template Status bdlru_scan_backward(Gate, const ScanShape&, const float*, const float*,
                                    const float*, const float*, float*, float*, Stream);
template Status bdlru_scan_backward(Gate, const ScanShape&, const Bf16*, const Bf16*, const float*,
                                    const float*, Bf16*, Bf16*, Stream);

}  // namespace scanyard::kernels::cuda
