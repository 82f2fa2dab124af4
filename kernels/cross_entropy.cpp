#include "kernels/cross_entropy.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/simd.hpp"

namespace scanyard::kernels {
namespace {

using Index = std::int64_t;

template <class T>
struct RowSums {
  T largest;
  T sum;  ///< of e^(x - largest); not a number when a logit is NaN or +infinity
};

/// Leaves e^(x - largest) in `exponentials`, which may be x.
template <class T>
SCANYARD_INLINE RowSums<T> exponentiate(const T* x, T* exponentials, Index V) {
  T largest = -std::numeric_limits<T>::infinity();
#pragma omp simd reduction(max : largest)
  for (Index j = 0; j < V; ++j)
    largest = x[j] > largest ? x[j] : largest;
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (Index j = 0; j < V; ++j) {
    const T e = exp_of(x[j] - largest);
    exponentials[j] = e;
    sum += e;
  }
  return {largest, sum};
}

template <class T>
SCANYARD_INLINE void scale_row(T* row, T factor, Index V) {
  SCANYARD_SIMD
  for (Index j = 0; j < V; ++j)
    row[j] *= factor;
}

SCANYARD_CLONES RowSums<float> row_sums(const float* x, float* e, Index V) {
  return exponentiate(x, e, V);
}
SCANYARD_CLONES RowSums<double> row_sums(const double* x, double* e, Index V) {
  return exponentiate(x, e, V);
}
SCANYARD_CLONES void scale(float* row, float factor, Index V) {
  scale_row(row, factor, V);
}
SCANYARD_CLONES void scale(double* row, double factor, Index V) {
  scale_row(row, factor, V);
}

/// First position of the largest value; the first NaN, if there is one.
template <class T>
Index argmax(const T* x, Index V) {
  Index best = 0;
  for (Index j = 0; j < V; ++j) {
    if (x[j] != x[j]) return j;
    if (x[j] > x[best]) best = j;
  }
  return best;
}

void count(const MetricCounts& counts, Index target, Index predicted) {
  if (target == predicted) {
    ++counts.true_positives[target];
  } else {
    ++counts.false_negatives[target];
    ++counts.false_positives[predicted];
  }
}

Index scored_positions(const std::int32_t* targets, Index n) {
  Index scored = 0;
  for (Index i = 0; i < n; ++i)
    scored += targets[i] != ignored_target;
  return scored;
}

}  // namespace

template <class T>
CrossEntropy cross_entropy(const T* logits, const std::int32_t* targets, T* dlogits,
                           const MetricCounts* counts, Index n, Index V) {
  CrossEntropy result;
  result.scored = scored_positions(targets, n);
  std::vector<T> scratch(static_cast<std::size_t>(dlogits ? 0 : V));
  const T per_position = result.scored > 0 ? T(1) / T(result.scored) : T(0);
  for (Index i = 0; i < n; ++i) {
    const T* x = logits + i * V;
    T* dx = dlogits ? dlogits + i * V : nullptr;
    if (targets[i] == ignored_target) {
      for (Index j = 0; dx && j < V; ++j)
        dx[j] = 0;
      continue;
    }
    const Index target = targets[i];
    const Index predicted = argmax(x, V);
    const double target_logit = x[target];
    const RowSums<T> row = row_sums(x, dx ? dx : scratch.data(), V);
    result.loss_sum += std::log(double(row.sum)) + (double(row.largest) - target_logit);
    result.right += target == predicted;
    if (counts) count(*counts, target, predicted);
    if (dx) {
      scale(dx, per_position / row.sum, V);
      dx[target] -= per_position;
    }
  }
  return result;
}

double macro_accuracy(const MetricCounts& counts, Index V) {
  double recalls = 0;
  Index classes = 0;
  for (Index c = 0; c < V; ++c) {
    const double right = double(counts.true_positives[c]);
    const double support = right + double(counts.false_negatives[c]);
    if (support + double(counts.false_positives[c]) == 0) continue;
    ++classes;
    if (support > 0) recalls += right / support;
  }
  return classes > 0 ? recalls / double(classes) : 0;
}

template CrossEntropy cross_entropy(const float*, const std::int32_t*, float*, const MetricCounts*,
                                    Index, Index);
template CrossEntropy cross_entropy(const double*, const std::int32_t*, double*,
                                    const MetricCounts*, Index, Index);

}  // namespace scanyard::kernels
