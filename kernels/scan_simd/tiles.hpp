//! Tiles: the same few neighbouring elements of `width` channels, as one vector per element. Arrays
//! are channel-major
//! ([.., channel, element]), arithmetic is one lane per channel, so that loading a tile transposes
//! it. Included as lanes.hpp is.
#pragma once

#include "kernels/bdlru_scan.hpp"
#include "kernels/scan_simd/shuffles.hpp"

namespace scanyard::kernels {
namespace {

using Index = std::int64_t;

/// The channels that are worked on together, one a lane, counted through chains and channels.
template <class T>
struct Group {
  Index unit[width<T>];     ///< position of each lane's channel at step 0, in channels
  Index ordinal[width<T>];  ///< chain * channels + channel
  int lanes = 0;            ///< lanes that count; the others repeat the first one
  bool adjacent = false;    ///< all lanes count and follow each other in memory

  Group(const ScanShape& s, Index first, Index end) {
    lanes = int(end - first < width<T> ? end - first : width<T>);
    for (int lane = 0; lane < width<T>; ++lane) {
      ordinal[lane] = first + (lane < lanes ? lane : 0);
      unit[lane] = ordinal[lane] / s.channels * s.length * s.channels + ordinal[lane] % s.channels;
    }
    adjacent = lanes == width<T> && unit[width<T> - 1] - unit[0] == width<T> - 1;
  }
};

/// Where the lanes' elements lie: lane l's element e of an array with `count` elements a channel.
template <class E>
struct Lanes {
  E* base[16];
  Index stride = 0;  ///< from lane to lane, where adjacent
  bool adjacent = false;
  int lanes = 0;

  Lanes() = default;
  template <class T>
  Lanes(E* array, const Group<T>& group, const Index* position, Index count)
      : stride(count), adjacent(group.adjacent), lanes(group.lanes) {
    for (int lane = 0; lane < width<T>; ++lane)
      base[lane] = array + position[lane] * count;
  }
  template <bool Adjacent>
  SCANYARD_LANES_INLINE E* at(int lane, Index element) const {
    return (Adjacent ? base[0] + lane * stride : base[lane]) + element;
  }
};

/// Asks the second-level cache for part `share` of `shares` of a tile. A step asks for what the
/// next one needs, little by little: all at once would fill the queue of outstanding misses and
/// hold up its own loads.
template <class E>
SCANYARD_LANES_INLINE void prefetch_share(const Lanes<E>& lanes, Index element, Index count,
                                          int share, int shares) {
  constexpr Index line = 64;
  if (lanes.adjacent) {
    const char* run = reinterpret_cast<const char*>(lanes.base[0] + element);
    const Index part = (lanes.lanes * count * Index(sizeof(E)) / shares + line - 1) / line * line;
    for (Index at = share * part; at < (share + 1) * part; at += line)
      __builtin_prefetch(run + at, 0, 2);
    return;
  }
  for (int lane = share; lane < lanes.lanes; lane += shares) {
    const char* run = reinterpret_cast<const char*>(lanes.base[lane] + element);
    for (Index at = 0; at < count * Index(sizeof(E)); at += line)
      __builtin_prefetch(run + at, 0, 2);
  }
}

template <bool Adjacent, class E>
SCANYARD_LANES_INLINE void load_four(const Lanes<E>& from, Index element, VecF* columns) {
  for (int j = 0; j < 4; ++j) {
    Quad quads[width<float> / 4];
    for (int q = 0; q < width<float> / 4; ++q)
      quads[q] = load_quad(from.template at<Adjacent>(4 * q + j, element));
    columns[j] = join(quads);
  }
  transpose_blocks(columns);
}

template <bool Adjacent, class E>
SCANYARD_LANES_INLINE void store_four(const Lanes<E>& to, Index element, const VecF* columns) {
  VecF r[4] = {columns[0], columns[1], columns[2], columns[3]};
  transpose_blocks(r);
  for (int j = 0; j < 4; ++j) {
    Quad quads[width<float> / 4];
    split(r[j], quads);
    for (int q = 0; q < width<float> / 4; ++q)
      store_quad(quads[q], to.template at<Adjacent>(4 * q + j, element));
  }
}

/// One element a lane at a time: what is too narrow for fours, and double.
template <class E, class T>
SCANYARD_LANES_INLINE void load_singly(const Lanes<E>& from, Index element, Vec<T>* columns,
                                       int count) {
  alignas(64) T buffer[64];
  for (int j = 0; j < count; ++j) {
    for (int lane = 0; lane < width<T>; ++lane)
      buffer[lane] = widen(from.base[lane][element + j]);
    std::memcpy(&columns[j], buffer, sizeof columns[j]);
  }
}
template <class E, class T>
SCANYARD_LANES_INLINE void store_singly(const Lanes<E>& to, Index element, const Vec<T>* columns,
                                        int count) {
  for (int j = 0; j < count; ++j) {
    alignas(64) T buffer[width<T>];
    std::memcpy(buffer, &columns[j], sizeof buffer);
    for (int lane = 0; lane < to.lanes; ++lane)
      to.base[lane][element + j] = narrow<E>(buffer[lane]);
  }
}

/// Whether `count` elements of all lanes are one run in memory that shuffles can take apart.
template <class E>
SCANYARD_LANES_INLINE bool is_one_run(const Lanes<E>& lanes, int count) {
  return lanes.adjacent && lanes.stride == count;
}

template <class E>
SCANYARD_LANES_INLINE void load_narrow(const Lanes<E>& from, Index element, VecF* columns,
                                       int count) {
  if (!is_one_run(from, count)) return load_singly<E, float>(from, element, columns, count);
  const E* run = from.base[0] + element;
  VecF r[3] = {};
  for (int k = 0; k < count; ++k)
    r[k] = load_run(run + k * width<float>);
  if (count == 1)
    columns[0] = r[0];
  else if (count == 2)
    split_pairs(r, columns);
  else
    split_triples(r, columns);
}

template <class E>
SCANYARD_LANES_INLINE void store_narrow(const Lanes<E>& to, Index element, const VecF* columns,
                                        int count) {
  if (!is_one_run(to, count)) return store_singly<E, float>(to, element, columns, count);
  E* run = to.base[0] + element;
  VecF r[3] = {};
  if (count == 1)
    r[0] = columns[0];
  else if (count == 2)
    join_pairs(columns, r);
  else
    join_triples(columns, r);
  for (int k = 0; k < count; ++k)
    store_run(r[k], run + k * width<float>);
}

/// columns[j] = element + j of every lane. With four or more columns the last four may overlap the
/// ones before.
template <class E, class T>
SCANYARD_LANES_INLINE void load_tile(const Lanes<E>& from, Index element, Vec<T>* columns,
                                     int count) {
  if constexpr (sizeof(T) == 8) {
    load_singly<E, T>(from, element, columns, count);
  } else {
    if (count < 4) return load_narrow<E>(from, element, columns, count);
    for (int j = 0; j < count; j += 4) {
      const int at = j + 4 <= count ? j : count - 4;
      if (from.adjacent)
        load_four<true>(from, element + at, columns + at);
      else
        load_four<false>(from, element + at, columns + at);
    }
  }
}

template <class E, class T>
SCANYARD_LANES_INLINE void store_tile(const Lanes<E>& to, Index element, const Vec<T>* columns,
                                      int count) {
  if constexpr (sizeof(T) == 8) {
    store_singly<E, T>(to, element, columns, count);
  } else {
    if (count < 4) return store_narrow<E>(to, element, columns, count);
    if (to.lanes < width<float>) return store_singly<E, T>(to, element, columns, count);
    for (int j = 0; j < count; j += 4) {
      const int at = j + 4 <= count ? j : count - 4;
      if (to.adjacent)
        store_four<true>(to, element + at, columns + at);
      else
        store_four<false>(to, element + at, columns + at);
    }
  }
}

}  // namespace
}  // namespace scanyard::kernels
