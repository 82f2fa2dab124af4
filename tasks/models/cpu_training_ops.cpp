//! Loss, metric counts and optimiser of the CPU backend.
#include "common/assert.hpp"
#include "kernels/cross_entropy.hpp"
#include "tasks/models/cpu_backend.hpp"
#include "tasks/models/cpu_parallel.hpp"

namespace scanyard::models {
namespace {

template <class T>
void score_replica(const at::Tensor& logits, const at::Tensor& targets, bool gradient,
                   const BatchScores& scores, std::int64_t r) {
  const std::int64_t n = logits.size(1);
  const std::int64_t classes = logits.size(2);
  std::int64_t* const counts = scores.counts.mutable_data_ptr<std::int64_t>() + r * 3 * classes;
  std::fill_n(counts, 3 * classes, 0);
  const kernels::MetricCounts places{counts, counts + classes, counts + 2 * classes};
  T* const logits_r = logits.mutable_data_ptr<T>() + r * n * classes;
  const auto result =
      kernels::cross_entropy<T>(logits_r, targets.const_data_ptr<std::int32_t>() + r * n,
                                gradient ? logits_r : nullptr, &places, n, classes);
  scores.loss_sum.mutable_data_ptr<double>()[r] = result.loss_sum;
  scores.scored.mutable_data_ptr<std::int64_t>()[r] = result.scored;
  scores.right.mutable_data_ptr<std::int64_t>()[r] = result.right;
}

template <class T>
void update_replica(const kernels::AdamwScalars& scalars, const at::Tensor& gradients,
                    const at::Tensor& values, const at::Tensor& first, const at::Tensor& second,
                    std::int64_t r, std::int64_t begin, std::int64_t end) {
  const std::int64_t at = r * values.stride(0) + begin;
  kernels::adamw_step(scalars, gradients.const_data_ptr<T>() + at,
                      values.mutable_data_ptr<T>() + at, first.mutable_data_ptr<T>() + at,
                      second.mutable_data_ptr<T>() + at, end - begin);
}

}  // namespace

void CpuBackend::cross_entropy(const at::Tensor& logits, const at::Tensor& targets, bool gradient,
                               const BatchScores& scores) {
  for_each_piece(logits.size(0), logits.numel(), [&](std::int64_t r) {
    if (logits.scalar_type() == at::kDouble) {
      score_replica<double>(logits, targets, gradient, scores, r);
    } else {
      score_replica<float>(logits, targets, gradient, scores, r);
    }
  });
}

void CpuBackend::adamw(std::span<const kernels::AdamwScalars> scalars, const at::Tensor& gradients,
                       const at::Tensor& values, const at::Tensor& first_moments,
                       const at::Tensor& second_moments) {
  SCANYARD_ASSERT(std::int64_t(scalars.size()) == values.size(0), "one set of scalars a replica");
  constexpr std::int64_t parameters_a_piece = 1 << 14;
  for_each_rows(values.size(0), values.size(1), parameters_a_piece, 1, [&](RowPiece p) {
    const auto& own = scalars[std::size_t(p.replica)];
    if (values.scalar_type() == at::kDouble) {
      update_replica<double>(own, gradients, values, first_moments, second_moments, p.replica,
                             p.begin, p.end);
    } else {
      update_replica<float>(own, gradients, values, first_moments, second_moments, p.replica,
                            p.begin, p.end);
    }
  });
}

std::unique_ptr<Recording> CpuBackend::record(const std::function<void()>&) {
  SCANYARD_ASSERT(false, "a CPU records nothing");
  return nullptr;
}

void CpuBackend::gather(const DeviceBatches&, const at::Tensor&, const at::Tensor&,
                        const BatchScores&) {
  SCANYARD_ASSERT(false, "batches on a CPU are made by the host");
}

void CpuBackend::adamw_scheduled(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                 const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                 const at::Tensor&) {
  SCANYARD_ASSERT(false, "schedules on a CPU stay with the host");
}

}  // namespace scanyard::models
