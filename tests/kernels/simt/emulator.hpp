//! Runs the scan kernels' source on a CPU, lane by lane: what kernels/cuda/simt.cuh asks of a GPU.
//! Compile a file with `-include tests/kernels/simt/emulator.hpp`. Every lane is a fiber; a lane
//! runs until it waits for others. Slow, and strict where a GPU is lenient: shared memory starts as
//! NaN, asynchronous copies happen as late as waits allow, and copies that are not aligned or lanes
//! that wait for each other for ever end the process with a message. One launch at a time,
//! synchronous; `stream` is ignored.
#pragma once

#define SCANYARD_SIMT_PROVIDED

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

#include "kernels/cuda/launch.hpp"
#include "kernels/types.hpp"

#define SIMT_DEVICE inline
#define SIMT_BOTH
#define SIMT_KERNEL(threads) void

namespace scanyard::kernels::cuda::simt {

struct alignas(16) Vector16 {
  std::uint32_t x, y, z, w;
};
struct alignas(8) Vector8 {
  std::uint32_t x, y;
};

/// Where the running fiber is.
struct Place {
  int thread = 0, block_x = 0, block_y = 0;
};
const Place& place();

inline int lane_index() {
  return place().thread % 32;
}
inline int warp_index() {
  return place().thread / 32;
}
inline int block_x() {
  return place().block_x;
}
inline int block_y() {
  return place().block_y;
}

/// Hands `bits` to every lane of the warp and gives back those of `source`.
std::uint32_t exchange(std::uint32_t bits, int source);
void sync_warp();
void barrier_sync(int id, int threads);
void barrier_arrive(int id, int threads);
void start_copy(char* to, const char* from, int bytes);
void commit_copies();
void wait_copies(int pending);
char* shared_memory();

template <int V>
void copy_async(char* to, const char* from) {
  start_copy(to, from, V);
}

inline float float_of_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline std::uint32_t bits_of_float(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float shuffle(float value, int source_lane) {
  return float_of_bits(exchange(bits_of_float(value), source_lane));
}
inline float shuffle_xor(float value, int mask) {
  return shuffle(value, lane_index() ^ mask);
}
inline float exp2_fast(float x) {
  return std::exp2(x);
}
inline float reciprocal(float x) {
  return 1.f / x;
}
inline std::uint32_t pack_bf16(float low, float high) {
  return std::uint32_t(to_bf16(low).bits) | std::uint32_t(to_bf16(high).bits) << 16;
}
inline int multiprocessors() {
  return 2;
}

inline constexpr Status invalid_value = 1;

/// Runs every block of the grid in turn. Ends the process with a message where lanes wait for each
/// other for ever.
void run_grid(std::int64_t grid_x, std::int64_t grid_y, int threads, int shared_bytes,
              const std::function<void()>& kernel);

template <class Args>
Status launch(void (*kernel)(Args), std::int64_t grid_x, std::int64_t grid_y, int threads,
              int shared_bytes, Stream, const Args& args) {
  run_grid(grid_x, grid_y, threads, shared_bytes, [&] { kernel(args); });
  return 0;
}

}  // namespace scanyard::kernels::cuda::simt
