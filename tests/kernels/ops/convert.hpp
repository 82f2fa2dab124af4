//! Between the table's doubles and an op's own types; random inputs.
#pragma once

#include <vector>

#include "common/random/philox.hpp"
#include "kernels/types.hpp"
#include "tests/kernels/ops/op_case.hpp"

namespace scanyard::kernels::test {

template <class E>
E from_double(double value) {
  if constexpr (sizeof(E) == 2)
    return to_bf16(float(value));
  else
    return E(value);
}

template <class E>
std::vector<E> from_values(const Values& values) {
  std::vector<E> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    result[i] = from_double<E>(values[i]);
  return result;
}

template <class E>
Values to_values(const std::vector<E>& elements) {
  Values result(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i)
    result[i] = double(widen(elements[i]));
  return result;
}

/// Normal numbers times `scale`, rounded to bfloat16, so that every dtype holds them exactly. None
/// lies within 0.01 of 0, where some gates have a kink.
inline Values random_values(std::size_t count, std::uint32_t salt, double scale = 1.0) {
  Values result(count);
  for (std::size_t i = 0; i < count; ++i) {
    random::Draws draws(2024, random::Stream::init, salt, std::uint32_t(i));
    double value = 0;
    do
      value = scale * draws.normal_pair().first;
    while (value > -0.01 && value < 0.01);
    result[i] = double(widen(to_bf16(float(value))));
  }
  return result;
}

template <class E>
const char* dtype_name() {
  return sizeof(E) == 8 ? "f64" : sizeof(E) == 4 ? "f32" : "bf16";
}

}  // namespace scanyard::kernels::test
