//! Sharing loops out over the process's CPU threads, in pieces whose size does not depend on the
//! number of threads: so neither do the results.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

namespace scanyard::models {

/// Calls `work(i)` for i in 0..count-1, over the threads that at::set_num_threads() gave unless
/// the whole is so small that waking a thread costs more. `elements` is the size of all of it.
template <class Work>
void for_each_piece(std::int64_t count, std::int64_t elements, const Work& work) {
  constexpr std::int64_t elements_worth_a_thread = 1 << 14;
  const bool alone = count <= 1 || elements < 2 * elements_worth_a_thread;
  at::parallel_for(0, count, alone ? count : 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      work(i);
  });
}

/// Rows begin..end-1 of one replica.
struct RowPiece {
  std::int64_t replica;
  std::int64_t piece;  ///< number within the replica
  std::int64_t begin;
  std::int64_t end;
};

/// Calls `work(RowPiece)` for all rows of all replicas, `rows_a_piece` at a time.
template <class Work>
void for_each_rows(std::int64_t replicas, std::int64_t rows, std::int64_t rows_a_piece,
                   std::int64_t elements_a_row, const Work& work) {
  const std::int64_t pieces = (rows + rows_a_piece - 1) / rows_a_piece;
  for_each_piece(replicas * pieces, replicas * rows * elements_a_row, [&](std::int64_t i) {
    const std::int64_t begin = i % pieces * rows_a_piece;
    work(RowPiece{i / pieces, i % pieces, begin, std::min(rows, begin + rows_a_piece)});
  });
}

}  // namespace scanyard::models
