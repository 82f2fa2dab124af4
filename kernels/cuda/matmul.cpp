#include "kernels/cuda/matmul.hpp"

#include <cublasLt.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace scanyard::kernels::cuda {
namespace {

/// Replicas that an algorithm is chosen for, whatever their number is: packs are mostly of this
/// order.
constexpr std::int64_t typical_replicas = 16;
constexpr int candidates_max = 16;

cudaDataType_t type_of(Element element) {
  return element == Element::bf16 ? CUDA_R_16BF : CUDA_R_32F;
}
std::int64_t bytes_of(Element element) {
  return element == Element::bf16 ? 2 : 4;
}

/// Largest power of two up to 256 that address and strides are multiples of, in bytes.
std::uint32_t alignment_of(const Matrix& matrix) {
  const std::int64_t bytes = bytes_of(matrix.element);
  std::uint64_t all = reinterpret_cast<std::uintptr_t>(matrix.data);
  all |= std::uint64_t(matrix.row_stride * bytes);
  all |= std::uint64_t(matrix.replica_stride * bytes) | 256;
  return std::uint32_t(all & (~all + 1));
}

/// What decides about an algorithm: everything but the number of replicas and the addresses.
using Key = std::array<std::int64_t, 20>;

Key key_of(const Product& p) {
  const auto of = [](const Matrix& m) {
    return std::int64_t(m.element == Element::bf16) | std::int64_t(m.transposed) << 1 |
           std::int64_t(alignment_of(m)) << 8;
  };
  return {p.d.rows,       p.d.columns,    p.a.transposed ? p.a.rows : p.a.columns,
          p.a.row_stride, p.b.row_stride, p.d.row_stride,
          of(p.a),        of(p.b),        of(p.d),
          p.c != nullptr, p.c == p.d.data, p.bias != nullptr};
}

/// cuBLASLt counts columns first: the row-major matrix [rows, columns] is its [columns, rows].
class Layout {
 public:
  Layout(const Matrix& m, std::int64_t replicas) {
    cublasLtMatrixLayoutCreate(&layout_, type_of(m.element), std::uint64_t(m.columns),
                               std::uint64_t(m.rows), m.row_stride);
    const auto batch = static_cast<std::int32_t>(replicas);
    cublasLtMatrixLayoutSetAttribute(layout_, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &batch,
                                     sizeof batch);
    cublasLtMatrixLayoutSetAttribute(layout_, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                                     &m.replica_stride, sizeof m.replica_stride);
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;
  ~Layout() { cublasLtMatrixLayoutDestroy(layout_); }
  operator cublasLtMatrixLayout_t() const { return layout_; }

 private:
  cublasLtMatrixLayout_t layout_ = nullptr;
};

/// d^T = b^T a^T in cuBLASLt's order of columns first: its A is our b, its B our a.
class Description {
 public:
  explicit Description(const Product& p) {
    cublasLtMatmulDescCreate(&description_, CUBLAS_COMPUTE_32F, CUDA_R_32F);
    set(CUBLASLT_MATMUL_DESC_TRANSA, p.b.transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    set(CUBLASLT_MATMUL_DESC_TRANSB, p.a.transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    if (p.bias != nullptr) {
      set(CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS);
      set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, p.bias);
      set(CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE, p.bias_stride);
    }
  }
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;
  ~Description() { cublasLtMatmulDescDestroy(description_); }
  operator cublasLtMatmulDesc_t() const { return description_; }

 private:
  template <class Value>
  void set(cublasLtMatmulDescAttributes_t attribute, const Value& value) {
    cublasLtMatmulDescSetAttribute(description_, attribute, &value, sizeof value);
  }
  cublasLtMatmulDesc_t description_ = nullptr;
};

std::string sizes_text(const Product& p) {
  const auto name = [](Element e) { return e == Element::bf16 ? "bf16" : "fp32"; };
  return std::to_string(p.d.rows) + "x" + std::to_string(p.a.transposed ? p.a.rows : p.a.columns) +
         "x" + std::to_string(p.d.columns) + " " + name(p.a.element) + " to " + name(p.d.element) +
         (p.a.transposed ? " T" : " N") + (p.b.transposed ? "T" : "N") +
         (p.c ? " added" : "") + (p.bias ? " bias" : "");
}

std::int32_t config(const cublasLtMatmulAlgo_t& algorithm,
                    cublasLtMatmulAlgoConfigAttributes_t attribute) {
  std::int32_t value = 0;
  std::size_t written = 0;
  cublasLtMatmulAlgoConfigGetAttribute(&algorithm, attribute, &value, sizeof value, &written);
  return value;
}

}  // namespace

struct Matmul::State {
  struct Plan {
    cublasLtMatmulAlgo_t algorithm;
    std::string text;
    std::string trouble;  ///< empty = there is an algorithm
  };

  cublasLtHandle_t handle = nullptr;
  std::map<Key, Plan> plans;

  /// Chooses; empty = chosen.
  std::string choose(const Product& p, Plan& plan) const;
  /// The plan of a product, with why there is none.
  const Plan& plan_of(const Product& p);
};

std::string Matmul::State::choose(const Product& p, Plan& plan) const {
  const Description description(p);
  const Layout a(p.b, typical_replicas), b(p.a, typical_replicas), d(p.d, typical_replicas);
  cublasLtMatmulPreference_t wish = nullptr;
  cublasLtMatmulPreferenceCreate(&wish);
  const auto set = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    cublasLtMatmulPreferenceSetAttribute(wish, attribute, &value, sizeof value);
  };
  set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, std::uint64_t(0));
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment_of(p.b));
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment_of(p.a));
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignment_of(p.d));
  set(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignment_of(p.d));
  std::array<cublasLtMatmulHeuristicResult_t, candidates_max> found;
  int count = 0;
  const cublasStatus_t status =
      cublasLtMatmulAlgoGetHeuristic(handle, description, a, b, d, d, wish, candidates_max,
                                     found.data(), &count);
  cublasLtMatmulPreferenceDestroy(wish);
  if (status != CUBLAS_STATUS_SUCCESS || count == 0) {
    return "cuBLASLt knows no algorithm for the product " + sizes_text(p) + " (status " +
           std::to_string(status) + ")";
  }
  plan.algorithm = found[0].algo;
  plan.text = sizes_text(p) +
              ": algorithm " + std::to_string(config(plan.algorithm, CUBLASLT_ALGO_CONFIG_ID)) +
              " tile " + std::to_string(config(plan.algorithm, CUBLASLT_ALGO_CONFIG_TILE_ID)) +
              " stages " + std::to_string(config(plan.algorithm, CUBLASLT_ALGO_CONFIG_STAGES_ID)) +
              " split " + std::to_string(config(plan.algorithm, CUBLASLT_ALGO_CONFIG_SPLITK_NUM)) +
              " waves " + std::to_string(found[0].wavesCount);
  return "";
}

const Matmul::State::Plan& Matmul::State::plan_of(const Product& p) {
  const Key key = key_of(p);
  const auto found = plans.find(key);
  if (found != plans.end()) return found->second;
  Plan plan;
  plan.trouble = choose(p, plan);
  return plans.emplace(key, std::move(plan)).first->second;
}

Matmul::Matmul() : state_(std::make_unique<State>()) {
  cublasLtCreate(&state_->handle);
}

Matmul::~Matmul() {
  if (state_->handle) cublasLtDestroy(state_->handle);
}

std::string Matmul::run(const Product& p, Stream stream) {
  if (p.replicas == 0 || p.d.rows == 0 || p.d.columns == 0) return "";
  if (!state_->handle) return "cuBLASLt could not be started";
  const State::Plan& plan = state_->plan_of(p);
  if (!plan.trouble.empty()) return plan.trouble;
  const Description description(p);
  const Layout a(p.b, p.replicas), b(p.a, p.replicas), d(p.d, p.replicas);
  const float one = 1, factor = p.c ? 1.f : 0.f;
  const void* const c = p.c ? p.c : p.d.data;
  const cublasStatus_t status = cublasLtMatmul(
      state_->handle, description, &one, p.b.data, a, p.a.data, b, &factor, c, d,
      const_cast<void*>(p.d.data), d, &plan.algorithm, nullptr, 0, stream);
  if (status == CUBLAS_STATUS_SUCCESS) return "";
  return "the product " + plan.text + " with " + std::to_string(p.replicas) +
         " replicas failed (cuBLASLt status " + std::to_string(status) + ")";
}

std::string Matmul::describe() const {
  std::string text;
  for (const auto& [key, plan] : state_->plans)
    text += plan.text + "\n";
  return text;
}

}  // namespace scanyard::kernels::cuda
