//! The whole mixer of the paper's throughput figure at about 33 million parameters: projections by
//! cuBLASLt in bf16 with float32 sums, the scan between them; forward and backward, biases of the
//! gates included. Also the bf16 product that other numbers are compared with.
#include <cublasLt.h>

#include <cstdio>
#include <cstdlib>

#include "tests/bench/scan_gpu/timing.hpp"

namespace scanyard::kernels::bench {
namespace {

using test::DeviceBytes;
constexpr std::size_t workspace_bytes = 64 << 20;

void require_blas(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  std::fprintf(stderr, "%s failed: cuBLAS status %d\n", what, int(status));
  std::exit(1);
}

/// D [rows, columns] = A B (+ D with `add`), column-major bf16; A and B are transposed where asked.
/// The fastest of cuBLASLt's suggestions on these shapes.
class Product {
 public:
  struct Operand {
    const char* data;
    bool is_transposed;
  };

  Product(cublasLtHandle_t handle, char* workspace, std::int64_t rows, std::int64_t columns,
          std::int64_t inner, Operand a, Operand b, char* d, bool add = false,
          cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT, char* bias = nullptr)
      : handle_(handle), workspace_(workspace), a_(a.data), b_(b.data), d_(d), beta_(add ? 1 : 0) {
    require_blas(cublasLtMatmulDescCreate(&operation_, CUBLAS_COMPUTE_32F, CUDA_R_32F), "cuBLASLt");
    const auto set = [&](cublasLtMatmulDescAttributes_t what, const auto& value) {
      require_blas(cublasLtMatmulDescSetAttribute(operation_, what, &value, sizeof value),
                   "describing a product");
    };
    set(CUBLASLT_MATMUL_DESC_TRANSA, a.is_transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    set(CUBLASLT_MATMUL_DESC_TRANSB, b.is_transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue);
    if (bias) set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, static_cast<void*>(bias));
    const auto layout = [](std::int64_t r, std::int64_t c) {
      cublasLtMatrixLayout_t made;
      require_blas(
          cublasLtMatrixLayoutCreate(&made, CUDA_R_16BF, std::uint64_t(r), std::uint64_t(c), r),
          "describing a matrix");
      return made;
    };
    layout_a_ = a.is_transposed ? layout(inner, rows) : layout(rows, inner);
    layout_b_ = b.is_transposed ? layout(columns, inner) : layout(inner, columns);
    layout_d_ = layout(rows, columns);
    choose();
  }

  void operator()(cudaStream_t stream) const { run(chosen_, stream); }
  double milliseconds() const { return milliseconds_; }

 private:
  void run(const cublasLtMatmulAlgo_t& algorithm, cudaStream_t stream) const {
    const float one = 1;
    require_blas(
        cublasLtMatmul(handle_, operation_, &one, a_, layout_a_, b_, layout_b_, &beta_, d_,
                       layout_d_, d_, layout_d_, &algorithm, workspace_, workspace_bytes, stream),
        "a product");
  }

  void choose() {
    cublasLtMatmulPreference_t preference;
    require_blas(cublasLtMatmulPreferenceCreate(&preference), "cuBLASLt");
    require_blas(
        cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                             &workspace_bytes, sizeof workspace_bytes),
        "cuBLASLt");
    cublasLtMatmulHeuristicResult_t found[6];
    int count = 0;
    require_blas(cublasLtMatmulAlgoGetHeuristic(handle_, operation_, layout_a_, layout_b_,
                                                layout_d_, layout_d_, preference, 6, found, &count),
                 "choosing a product");
    milliseconds_ = 1e30;
    for (int i = 0; i < count; ++i) {
      const double ms = time_calls({[&](cudaStream_t stream) { run(found[i].algo, stream); }}, 3);
      if (ms < milliseconds_) {
        milliseconds_ = ms;
        chosen_ = found[i].algo;
      }
    }
  }

  cublasLtHandle_t handle_;
  char* workspace_;
  const char *a_, *b_;
  char* d_;
  float beta_;
  cublasLtMatmulDesc_t operation_{};
  cublasLtMatrixLayout_t layout_a_{}, layout_b_{}, layout_d_{};
  cublasLtMatmulAlgo_t chosen_{};
  double milliseconds_ = 0;
};

struct Blas {
  cublasLtHandle_t handle{};
  DeviceBytes workspace{workspace_bytes};
  Blas() { require_blas(cublasLtCreate(&handle), "cuBLASLt"); }
};

std::unique_ptr<DeviceBytes> bf16_array(std::int64_t count, float scale) {
  auto array = std::make_unique<DeviceBytes>(std::size_t(2 * count));
  fill_random(array->data(), array->size(), 2, scale);
  return array;
}

/// One mixer: d features, H blocks of m, N tokens as `chains` sequences.
void bench_one(const Blas& blas, std::int64_t m, std::int64_t H, double bandwidth, double rate) {
  constexpr std::int64_t chains = 16, length = 2048, d = 1024, N = chains * length;
  const std::int64_t S = H * m, Z = S * (m + 1);
  const auto x = bf16_array(N * d, 1), wg = bf16_array(Z * d, 0.02f), wv = bf16_array(S * d, 0.02f);
  const auto wo = bf16_array(d * S, 0.02f), bias = bf16_array(Z, 0.02f), z = bf16_array(N * Z, 1);
  const auto v = bf16_array(N * S, 1), h = bf16_array(N * S, 1), y = bf16_array(N * d, 1);
  const auto dy = bf16_array(N * d, 1), dh = bf16_array(N * S, 1), dz = bf16_array(N * Z, 1);
  const auto dv = bf16_array(N * S, 1), dx = bf16_array(N * d, 1), dwg = bf16_array(Z * d, 1);
  const auto dwv = bf16_array(S * d, 1), dwo = bf16_array(d * S, 1), dbias = bf16_array(Z, 1);
  const auto product =
      [&](std::int64_t rows, std::int64_t columns, std::int64_t inner, const auto& a, bool at,
          const auto& b, bool bt, const auto& out, bool add = false,
          cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT, char* with = nullptr) {
        return Product(blas.handle, blas.workspace.data(), rows, columns, inner, {a->data(), at},
                       {b->data(), bt}, out->data(), add, epilogue, with);
      };
  const Product gates =
      product(Z, N, d, wg, true, x, false, z, false, CUBLASLT_EPILOGUE_BIAS, bias->data());
  const Product values = product(S, N, d, wv, true, x, false, v);
  const Product output = product(d, N, S, wo, true, h, false, y);
  const Product to_states = product(S, N, d, wo, false, dy, false, dh);
  const Product by_output = product(S, d, N, h, false, dy, true, dwo);
  const Product by_gates =
      product(d, Z, N, x, false, dz, true, dwg, false, CUBLASLT_EPILOGUE_BGRADB, dbias->data());
  const Product by_values = product(d, S, N, x, false, dv, true, dwv);
  const Product from_gates = product(d, N, Z, wg, false, dz, false, dx);
  const Product from_values = product(d, N, S, wv, false, dv, false, dx, true);
  const test::ScanRow row{test::ScanOp::bdlru,
                          test::ScanTypes::bf16_states,
                          Gate::softmax,
                          {chains, length, H, m},
                          {},
                          false,
                          0};
  const auto scan_forward = [&](cudaStream_t s) {
    require(test::launch_forward(row, z->data(), v->data(), h->data(), s), "the scan");
  };
  const auto scan_backward = [&](cudaStream_t s) {
    require(test::launch_backward(row, z->data(), v->data(), h->data(), dh->data(), dz->data(),
                                  dv->data(), s),
            "the scan's gradient");
  };
  const auto forward = [&](cudaStream_t s) { gates(s), values(s), scan_forward(s), output(s); };
  const auto backward = [&](cudaStream_t s) {
    to_states(s), by_output(s), scan_backward(s), by_gates(s), by_values(s), from_gates(s);
    from_values(s);
  };
  const double there = time_calls({forward}), back = time_calls({backward});
  const double all = time_calls({[&](cudaStream_t s) { forward(s), backward(s); }});
  const double scans = time_calls({scan_forward}) + time_calls({scan_backward});
  const double scan_floor = (row.forward_bytes() + row.backward_bytes()) / bandwidth * 1e3;
  const double operations = 6.0 * double(N) * double(d) * double(Z + 2 * S);
  std::printf(
      "P2 m=%-2d H=%-4d %5.1f M parameters: forward %.3f ms, backward %.3f ms, both %.3f ms\n",
      int(m), int(H), double(d) * double(Z + 2 * S) / 1e6 + double(Z) / 1e6, there, back, all);
  std::printf(
      "   products alone (ms): z %.3f v %.3f y %.3f | dh %.3f dWo %.3f dWg+db %.3f dWv %.3f "
      "dx %.3f + %.3f; floor %.3f at the measured rate\n",
      gates.milliseconds(), values.milliseconds(), output.milliseconds(), to_states.milliseconds(),
      by_output.milliseconds(), by_gates.milliseconds(), by_values.milliseconds(),
      from_gates.milliseconds(), from_values.milliseconds(), operations / rate * 1e3);
  std::printf("   scans alone %.3f ms, floor %.3f\n", scans, scan_floor);
}

}  // namespace

double product_rate() {
  const Blas blas;
  constexpr std::int64_t n = 8192;
  const auto a = bf16_array(n * n, 1), b = bf16_array(n * n, 1), d = bf16_array(n * n, 1);
  const Product product(blas.handle, blas.workspace.data(), n, n, n, {a->data(), true},
                        {b->data(), false}, d->data());
  const double ms = time_calls({[&](cudaStream_t stream) { product(stream); }}, 9);
  return 2.0 * double(n) * double(n) * double(n) / ms * 1e3;
}

void bench_mixer(double bandwidth, double rate) {
  const Blas blas;
  bench_one(blas, 4, 1152, bandwidth, rate);
  bench_one(blas, 16, 106, bandwidth, rate);
}

}  // namespace scanyard::kernels::bench
