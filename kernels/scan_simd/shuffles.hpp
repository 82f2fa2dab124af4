//! Shuffles between element order and lane order: blocks of four by four, runs of one, two or three
//! elements a lane, and bfloat16. Included as lanes.hpp is.
#pragma once

#include "kernels/scan_simd/lanes.hpp"
#include "kernels/types.hpp"

namespace scanyard::kernels {
namespace {

typedef float Quad __attribute__((vector_size(16)));
typedef std::uint32_t QuadBits __attribute__((vector_size(16)));
typedef std::uint16_t QuadHalf __attribute__((vector_size(8)));

template <class Bits>
SCANYARD_LANES_INLINE Bits rounded_to_bf16(Bits bits, Bits is_nan) {
  const Bits nearest = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return is_nan ? ((bits >> 16) | 0x40) : nearest;
}

SCANYARD_LANES_INLINE Quad load_quad(const float* from) {
  Quad quad;
  std::memcpy(&quad, from, sizeof quad);
  return quad;
}
SCANYARD_LANES_INLINE Quad load_quad(const Bf16* from) {
  QuadHalf half;
  std::memcpy(&half, from, sizeof half);
  return reinterpret_cast<Quad>(__builtin_convertvector(half, QuadBits) << 16);
}
SCANYARD_LANES_INLINE void store_quad(Quad quad, float* to) {
  std::memcpy(to, &quad, sizeof quad);
}
SCANYARD_LANES_INLINE void store_quad(Quad quad, Bf16* to) {
  const auto is_nan = reinterpret_cast<QuadBits>(quad != quad);
  const QuadBits rounded = rounded_to_bf16(reinterpret_cast<QuadBits>(quad), is_nan);
  const QuadHalf half = __builtin_convertvector(rounded, QuadHalf);
  std::memcpy(static_cast<void*>(to), &half, sizeof half);
}

/// Lanes 4q..4q+3 of a vector.
template <int Q, std::size_t... I>
SCANYARD_LANES_INLINE Quad quad_of(VecF v, std::index_sequence<I...>) {
  return __builtin_shufflevector(v, v, int(4 * Q + I)...);
}

#if defined(__AVX512F__)
SCANYARD_LANES_INLINE VecF join(const Quad* q) {
  const auto low = __builtin_shufflevector(q[0], q[1], 0, 1, 2, 3, 4, 5, 6, 7);
  const auto high = __builtin_shufflevector(q[2], q[3], 0, 1, 2, 3, 4, 5, 6, 7);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
SCANYARD_LANES_INLINE void split(VecF v, Quad* q) {
  constexpr auto four = std::make_index_sequence<4>();
  q[0] = quad_of<0>(v, four);
  q[1] = quad_of<1>(v, four);
  q[2] = quad_of<2>(v, four);
  q[3] = quad_of<3>(v, four);
}
#elif defined(__AVX2__)
SCANYARD_LANES_INLINE VecF join(const Quad* q) {
  return __builtin_shufflevector(q[0], q[1], 0, 1, 2, 3, 4, 5, 6, 7);
}
SCANYARD_LANES_INLINE void split(VecF v, Quad* q) {
  constexpr auto four = std::make_index_sequence<4>();
  q[0] = quad_of<0>(v, four);
  q[1] = quad_of<1>(v, four);
}
#else
SCANYARD_LANES_INLINE VecF join(const Quad* q) {
  return q[0];
}
SCANYARD_LANES_INLINE void split(VecF v, Quad* q) {
  q[0] = v;
}
#endif

/// Within every four lanes: (a0 b0 a1 b1) and (a2 b2 a3 b3).
template <std::size_t... I>
SCANYARD_LANES_INLINE VecF interleave_low(VecF a, VecF b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, int(I / 4 * 4 + I % 4 / 2 + (I % 2) * width<float>)...);
}
template <std::size_t... I>
SCANYARD_LANES_INLINE VecF interleave_high(VecF a, VecF b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, int(I / 4 * 4 + 2 + I % 4 / 2 + (I % 2) * width<float>)...);
}
/// Within every four lanes: (a0 a1 b0 b1) and (a2 a3 b2 b3).
template <std::size_t... I>
SCANYARD_LANES_INLINE VecF pairs_low(VecF a, VecF b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, int(I / 4 * 4 + I % 2 + (I % 4 / 2) * width<float>)...);
}
template <std::size_t... I>
SCANYARD_LANES_INLINE VecF pairs_high(VecF a, VecF b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, int(I / 4 * 4 + 2 + I % 2 + (I % 4 / 2) * width<float>)...);
}

/// Transposes every 4 x 4 block of four vectors: r[j] lane 4q + i <-> r[i] lane 4q + j.
SCANYARD_LANES_INLINE void transpose_blocks(VecF* r) {
  constexpr auto all = std::make_index_sequence<std::size_t(width<float>)>();
  const VecF a = interleave_low(r[0], r[1], all);
  const VecF b = interleave_low(r[2], r[3], all);
  const VecF c = interleave_high(r[0], r[1], all);
  const VecF d = interleave_high(r[2], r[3], all);
  r[0] = pairs_low(a, b, all);
  r[1] = pairs_high(a, b, all);
  r[2] = pairs_low(c, d, all);
  r[3] = pairs_high(c, d, all);
}

// ---------------------------------------------------------------- runs of one to three elements a
// lane

typedef std::uint32_t LaneBits __attribute__((vector_size(vector_bytes)));
typedef std::uint16_t LaneHalf __attribute__((vector_size(vector_bytes / 2)));

SCANYARD_LANES_INLINE VecF load_run(const float* from) {
  VecF run;
  std::memcpy(&run, from, sizeof run);
  return run;
}
SCANYARD_LANES_INLINE VecF load_run(const Bf16* from) {
  LaneHalf half;
  std::memcpy(&half, from, sizeof half);
  return reinterpret_cast<VecF>(__builtin_convertvector(half, LaneBits) << 16);
}
SCANYARD_LANES_INLINE void store_run(VecF run, float* to) {
  std::memcpy(to, &run, sizeof run);
}
SCANYARD_LANES_INLINE void store_run(VecF run, Bf16* to) {
  const auto is_nan = reinterpret_cast<LaneBits>(run != run);
  const LaneBits rounded = rounded_to_bf16(reinterpret_cast<LaneBits>(run), is_nan);
  const LaneHalf half = __builtin_convertvector(rounded, LaneHalf);
  std::memcpy(static_cast<void*>(to), &half, sizeof half);
}

constexpr int W = width<float>;

/// Lane l of the result is element at(l) of three vectors laid end to end.
template <class At, std::size_t... I>
SCANYARD_LANES_INLINE VecF pick(const VecF* r, At, std::index_sequence<I...>) {
  constexpr At at{};
  const VecF first = __builtin_shufflevector(r[0], r[1], (at(int(I)) < 2 * W ? at(int(I)) : 0)...);
  return __builtin_shufflevector(first, r[2], (at(int(I)) < 2 * W ? int(I) : at(int(I)) - W)...);
}

/// Element l * 3 + Column of a run of triples.
template <int Column>
struct OfTriple {
  constexpr int operator()(int lane) const { return lane * 3 + Column; }
};
/// Element Part * W + l of a run of triples, where columns lie end to end.
template <int Part>
struct IntoTriple {
  constexpr int operator()(int lane) const {
    return (Part * W + lane) % 3 * W + (Part * W + lane) / 3;
  }
};

constexpr auto all_lanes = std::make_index_sequence<std::size_t(W)>();

SCANYARD_LANES_INLINE void split_triples(const VecF* r, VecF* columns) {
  columns[0] = pick(r, OfTriple<0>(), all_lanes);
  columns[1] = pick(r, OfTriple<1>(), all_lanes);
  columns[2] = pick(r, OfTriple<2>(), all_lanes);
}
SCANYARD_LANES_INLINE void join_triples(const VecF* columns, VecF* r) {
  r[0] = pick(columns, IntoTriple<0>(), all_lanes);
  r[1] = pick(columns, IntoTriple<1>(), all_lanes);
  r[2] = pick(columns, IntoTriple<2>(), all_lanes);
}

template <int Offset, int Step, std::size_t... I>
SCANYARD_LANES_INLINE VecF every_other(const VecF* r, std::index_sequence<I...>) {
  return __builtin_shufflevector(r[0], r[1], int(I) * Step + Offset...);
}
template <int Offset, std::size_t... I>
SCANYARD_LANES_INLINE VecF alternating(const VecF* r, std::index_sequence<I...>) {
  return __builtin_shufflevector(r[0], r[1], Offset + int(I) / 2 + int(I) % 2 * W...);
}

SCANYARD_LANES_INLINE void split_pairs(const VecF* r, VecF* columns) {
  columns[0] = every_other<0, 2>(r, all_lanes);
  columns[1] = every_other<1, 2>(r, all_lanes);
}
SCANYARD_LANES_INLINE void join_pairs(const VecF* columns, VecF* r) {
  r[0] = alternating<0>(columns, all_lanes);
  r[1] = alternating<W / 2>(columns, all_lanes);
}

}  // namespace
}  // namespace scanyard::kernels
