//! Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011; Random123). Every number
//! has an address, (seed, stream, instance, position), so that it does not depend on order, thread,
//! pack or machine.
//!
//! Header only and without state beyond the object, so that CUDA code can use it too. Normal
//! numbers call log, sin and cos in double: the last bit may differ between a CPU's and a GPU's
//! library; all else is exact everywhere.
#pragma once

#include <Random123/philox.h>

#include <cmath>
#include <cstdint>

#ifdef __CUDACC__
#define SCANYARD_HOST_DEVICE __host__ __device__
#else
#define SCANYARD_HOST_DEVICE
#endif

namespace scanyard::random {

/// What numbers are used for. Different streams of one seed are independent. Values are part of the
/// protocol's version: they never change and are never used again for something else.
enum class Stream : std::uint32_t {
  data = 1,  ///< what a task draws first: instance = sequence (train, then test), position = token
  data_extra = 2,  ///< a second set of draws of the same sequence: the blanks of selective copying
  init = 3,        ///< initial values: instance = parameter, position = pair of elements
  shuffle = 4,     ///< order of the training sequences: instance = epoch, position = sequence
  resampling = 5,  ///< bootstrap intervals of tables, no training: instance = resample
};

/// The numbers at one address, in order. As many as wanted: block b of four words is Philox of the
/// counter (b, position, instance, stream) under the key (seed's low half, seed's high half).
class Draws {
 public:
  SCANYARD_HOST_DEVICE Draws(std::uint64_t seed, Stream stream, std::uint32_t instance,
                             std::uint32_t position)
      : key_{{std::uint32_t(seed), std::uint32_t(seed >> 32)}},
        counter_{{0, position, instance, static_cast<std::uint32_t>(stream)}} {}

  /// 32 random bits.
  SCANYARD_HOST_DEVICE std::uint32_t word() {
    if (used_ == 4) {
      block_ = philox4x32_R(10, counter_, key_);
      ++counter_.v[0];
      used_ = 0;
    }
    return block_.v[used_++];
  }

  /// 64 random bits; the first word is the low half.
  SCANYARD_HOST_DEVICE std::uint64_t word64() {
    const std::uint64_t low = word();
    return low | std::uint64_t(word()) << 32;
  }

  /// Uniform in 0..n-1 without bias, n > 0: Lemire's method (ACM TOMACS 2019). The upper half of
  /// word * n is the result; words whose lower half falls into the incomplete share of 2^32 / n are
  /// drawn again.
  SCANYARD_HOST_DEVICE std::uint32_t below(std::uint32_t n) {
    std::uint64_t product = std::uint64_t(word()) * n;
    if (std::uint32_t(product) < n) {
      const std::uint32_t threshold = (0u - n) % n;  // 2^32 mod n
      while (std::uint32_t(product) < threshold)
        product = std::uint64_t(word()) * n;
    }
    return std::uint32_t(product >> 32);
  }

  /// Uniform in [0, 1): a multiple of 2^-53.
  SCANYARD_HOST_DEVICE double uniform() { return double(word64() >> 11) * 0x1p-53; }

  struct Pair {
    double first, second;
  };
  /// Two independent standard normal numbers (Box-Muller in double).
  SCANYARD_HOST_DEVICE Pair normal_pair() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));  // 1 - u is in (0, 1]
    const double angle = 6.283185307179586476925286766559 * uniform();
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

 private:
  philox4x32_key_t key_;
  philox4x32_ctr_t counter_;
  philox4x32_ctr_t block_{};
  int used_ = 4;
};

}  // namespace scanyard::random
