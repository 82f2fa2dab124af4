//! Where a batch begins on a GPU: sequences gathered from the data sets that lie there, and their
//! embedding (kernels/embedding.hpp) with its gradient, for R replicas; float32.
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

/// Device addresses of one replica's sequences: ids and targets [count, T] int32, and the order
/// they are taken in, [count] int32, or nullptr for the order they lie in.
struct SequenceSource {
  const std::int32_t* ids;
  const std::int32_t* targets;
  const std::int32_t* order;
};

/// A batch is `sequences` of each replica, from sequence cursor[r] * batch on.
struct GatherShape {
  std::int64_t replicas = 0, sequences = 0, length = 0;
  std::int64_t batch = 0;
};

/// Results, on the device.
struct GatheredBatch {
  std::int32_t* ids = nullptr;      ///< [R, B, T]
  std::int32_t* targets = nullptr;  ///< [R, B, T]
  std::int64_t* scored = nullptr;   ///< row cursor[r] of [S, R]: targets that are not ignored
};

/// sources [R]; cursor [R], which rises by one: the rows of tables that this batch writes are those
/// of cursor - 1 from here on.
Status gather_batch(const GatherShape& shape, const SequenceSource* sources, std::int32_t* cursor,
                    const GatheredBatch& batch, Stream stream);

struct EmbeddingShape {
  std::int64_t replicas = 0, tokens = 0, vocab = 0, features = 0;
  std::int64_t stride = 0;  ///< of table and dtable, elements from replica to replica
};
/// x[r, n] = table[r, ids[r, n]].
Status embedding_forward(const EmbeddingShape& shape, const std::int32_t* ids, const float* table,
                         float* x, Stream stream);
/// dtable[r, v] = sum over tokens n with that id, in order of n.
Status embedding_backward(const EmbeddingShape& shape, const std::int32_t* ids, const float* dx,
                          float* dtable, Stream stream);

}  // namespace scanyard::kernels::cuda
