//! One row of the table op x shape x dtype. The same row is tested against its reference, against
//! finite differences, and measured (tests/bench/kernels).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "kernels/isa.hpp"

namespace scanyard::kernels::test {

using Values = std::vector<double>;

/// What one evaluation gives: outputs, and the gradient of sum(dout * out) by every input. No
/// gradients where the op has no backward pass.
struct Evaluation {
  Values out;
  std::vector<Values> gradients;
};

/// The forward and the backward pass on buffers of their own, for timing. `backward` may be empty.
struct Passes {
  std::function<void()> forward;
  std::function<void()> backward;
};

struct OpCase {
  std::string op;              ///< "bdlru_scan"
  std::string shape;           ///< "softmax N=3 T=7 H=20 m=5"
  std::string dtype;           ///< "f32", "f64", "bf16"
  double value_tolerance = 0;  ///< against the reference, relative to the largest entry
  double gradient_tolerance = 0;
  std::vector<Values> inputs;  ///< random; an op rounds them to its dtype first
  std::size_t outputs = 0;     ///< number of output elements
  /// Evaluates one build. `Isa::reference` is a readable loop for every op.
  std::function<Evaluation(Isa, const std::vector<Values>& inputs, const Values& dout)> evaluate;
  std::function<Passes(Isa)> passes;
  double elements = 0;       ///< what a time per element divides by: the largest input's size
  double forward_bytes = 0;  ///< read and written once each, as the op's header counts
  double backward_bytes = 0;
  bool has_builds =
      false;  ///< baseline, avx2 and avx512 are separate builds; else any Isa but reference is one

  std::string name() const { return op + " [" + shape + "] " + dtype; }
};

/// Small shapes, every gate and dtype, edges of vectors: for correctness.
std::vector<OpCase> test_cases();
/// Shapes of training: for speed.
std::vector<OpCase> bench_cases();

}  // namespace scanyard::kernels::test
