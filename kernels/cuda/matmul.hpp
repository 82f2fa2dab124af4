//! Batched matrix products on a GPU through cuBLASLt, row-major: d[r] = a[r] b[r] (+ c[r]) (+ bias).
//!
//! The algorithm of a product is chosen once by its own sizes, never by the number of replicas, so
//! that a replica's product has the same bits whatever the batch. Factors float32 or bf16, sums in
//! float32 (no TF32).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

enum class Element { float32, bf16 };

/// [replicas, rows, columns] on the device, columns dense.
struct Matrix {
  const void* data = nullptr;
  Element element = Element::float32;
  std::int64_t rows = 0, columns = 0;
  std::int64_t row_stride = 0;      ///< elements
  std::int64_t replica_stride = 0;  ///< elements
  bool transposed = false;          ///< the product takes [columns, rows]
};

struct Product {
  Matrix a, b;
  Matrix d;                    ///< written; not transposed
  const void* c = nullptr;     ///< of d's layout and type, added; may be d itself; nullptr = nothing
  const void* bias = nullptr;  ///< [columns of d] a replica, of d's type; nullptr = none
  std::int64_t bias_stride = 0;
  std::int64_t replicas = 0;
};

/// Products of one GPU on one stream at a time. Not thread-safe.
class Matmul {
 public:
  /// Algorithms use no memory besides their operands.
  Matmul();
  ~Matmul();

  /// Empty = launched; else what failed, with the product's sizes.
  std::string run(const Product& product, Stream stream);

  /// "2048x128x1920 bf16 ...: algorithm 66 tile 20 stages 36 split 1": one line a product seen.
  std::string describe() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace scanyard::kernels::cuda
