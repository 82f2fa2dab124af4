#include "kernels/cuda/device.cuh"
#include "kernels/cuda/hlru_scan.hpp"

namespace scanyard::kernels::cuda {
namespace {

constexpr int threads = 128;

template <class In>
__global__ void forward_kernel(Gate gate, ScanShape shape, const In* z, const In* v, float* y) {
  const std::int64_t chain = std::int64_t(blockIdx.x) * threads + threadIdx.x;
  if (chain >= shape.chains * shape.channels) return;
  const int m = static_cast<int>(shape.m);
  const std::int64_t n = chain / shape.channels, k = chain % shape.channels;
  float past[scan_m_max] = {};  // past[i] = h_{t-1-i}
  for (std::int64_t t = 0; t < shape.length; ++t) {
    const std::int64_t at = (n * shape.length + t) * shape.channels + k;
    const In* row_z = z + at * (m + 1);
    const GateRow row = read_gate_row(gate, row_z, m + 1);
    float sum = gate_raw(gate, load(row_z + m), row.shift) * load(v + at);
    for (int i = 0; i < m; ++i)
      sum += gate_raw(gate, load(row_z + i), row.shift) * past[i];
    for (int i = m - 1; i > 0; --i)
      past[i] = past[i - 1];
    past[0] = sum / row.divisor;
    for (int s = 0; s < m; ++s)
      y[at * m + s] = past[s];
  }
}

template <class In>
__global__ void backward_kernel(Gate gate, ScanShape shape, const In* z, const In* v,
                                const float* y, const float* dy, In* dz, In* dv) {
  const std::int64_t chain = std::int64_t(blockIdx.x) * threads + threadIdx.x;
  if (chain >= shape.chains * shape.channels) return;
  const int m = static_cast<int>(shape.m);
  const std::int64_t n = chain / shape.channels, k = chain % shape.channels;
  float pending[scan_m_max + 1] = {};  // pending[i]: gradient of h_{t-i} gathered so far
  for (std::int64_t t = shape.length - 1; t >= 0; --t) {
    const std::int64_t at = (n * shape.length + t) * shape.channels + k;
    const In* row_z = z + at * (m + 1);
    const float* before =
        y + (at - shape.channels) * m;  // before[i] = h_{t-1-i}; only read where t > 0
    const GateRow row = read_gate_row(gate, row_z, m + 1);
    for (int s = 0; s < m; ++s)
      pending[s] += dy[at * m + s];
    const float u = pending[0];
    const float value = load(v + at);
    const float input_gate = gate_raw(gate, load(row_z + m), row.shift) / row.divisor;
    float dot = u * value * input_gate;
    for (int i = 0; i < m; ++i) {
      const float a = gate_raw(gate, load(row_z + i), row.shift) / row.divisor;
      pending[i + 1] += a * u;
      dot += u * (t > 0 ? before[i] : 0.f) * a;
    }
    store(dv + at, u * input_gate);
    for (int j = 0; j <= m; ++j) {
      const float raw = load(row_z + j);
      const float a = gate_raw(gate, raw, row.shift) / row.divisor;
      const float da = u * (j == m ? value : (t > 0 ? before[j] : 0.f));
      store(dz + at * (m + 1) + j, gate_gradient(gate, row, raw, a, da, dot));
    }
    for (int i = 0; i < m; ++i)
      pending[i] = pending[i + 1];
    pending[m] = 0;
  }
}

}  // namespace

template <class In>
Status hlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, float* y,
                         Stream stream) {
  const unsigned blocks = blocks_for(shape.chains * shape.channels, threads);
  if (blocks == 0) return cudaSuccess;
  forward_kernel<<<blocks, threads, 0, stream>>>(gate, shape, z, v, y);
  return cudaGetLastError();
}

template <class In>
Status hlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v,
                          const float* y, const float* dy, In* dz, In* dv, Stream stream) {
  const unsigned blocks = blocks_for(shape.chains * shape.channels, threads);
  if (blocks == 0) return cudaSuccess;
  backward_kernel<<<blocks, threads, 0, stream>>>(gate, shape, z, v, y, dy, dz, dv);
  return cudaGetLastError();
}

template Status hlru_scan_forward(Gate, const ScanShape&, const float*, const float*, float*,
                                  Stream);
template Status hlru_scan_forward(Gate, const ScanShape&, const Bf16*, const Bf16*, float*, Stream);
template Status hlru_scan_backward(Gate, const ScanShape&, const float*, const float*, const float*,
                                   const float*, float*, float*, Stream);
template Status hlru_scan_backward(Gate, const ScanShape&, const Bf16*, const Bf16*, const float*,
                                   const float*, Bf16*, Bf16*, Stream);

}  // namespace scanyard::kernels::cuda
