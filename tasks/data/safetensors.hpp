//! Reader and writer of the safetensors format: golden vectors and checkpoints.
//!
//! Layout: 8 bytes little-endian header length n; n bytes of JSON, {"name": {"dtype", "shape",
//! "data_offsets": [begin, end]}, "__metadata__": {text: text}}; then the raw little-endian
//! row-major data. Offsets count from byte 8 + n.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/assert.hpp"
#include "common/error.hpp"

namespace scanyard::data {

static_assert(std::endian::native == std::endian::little,
              "tensor data is used as it lies in the file");

enum class Dtype { f64, f32, bf16, i64, i32, u8 };

/// "F64", "F32", "BF16", "I64", "I32", "U8": the format's own names.
std::string_view to_text(Dtype dtype);
std::size_t size_bytes(Dtype dtype);

/// bfloat16: the upper half of a float.
struct Bf16 {
  std::uint16_t bits = 0;
  float to_float() const { return std::bit_cast<float>(std::uint32_t(bits) << 16); }
};

template <class T>
struct DtypeOf;
template <>
struct DtypeOf<double> {
  static constexpr Dtype value = Dtype::f64;
};
template <>
struct DtypeOf<float> {
  static constexpr Dtype value = Dtype::f32;
};
template <>
struct DtypeOf<Bf16> {
  static constexpr Dtype value = Dtype::bf16;
};
template <>
struct DtypeOf<std::int64_t> {
  static constexpr Dtype value = Dtype::i64;
};
template <>
struct DtypeOf<std::int32_t> {
  static constexpr Dtype value = Dtype::i32;
};
template <>
struct DtypeOf<std::uint8_t> {
  static constexpr Dtype value = Dtype::u8;
};

/// A dense row-major array. `bytes.size()` is always the product of `shape` times the element size.
struct Tensor {
  Dtype dtype = Dtype::f32;
  std::vector<std::int64_t> shape;  ///< empty = one scalar
  std::vector<std::byte> bytes;

  /// Number of elements.
  std::size_t count() const { return bytes.size() / size_bytes(dtype); }

  /// The elements. T must be the dtype's own type.
  template <class T>
  std::span<const T> as() const {
    SCANYARD_ASSERT(DtypeOf<T>::value == dtype, "elements are read as the type that they have");
    return {reinterpret_cast<const T*>(bytes.data()), count()};
  }

  /// A tensor with a copy of `values`, whose number must fit the shape.
  template <class T>
  static Tensor of(std::vector<std::int64_t> shape, std::span<const T> values) {
    const auto raw = std::as_bytes(values);
    return checked({DtypeOf<T>::value, std::move(shape), {raw.begin(), raw.end()}});
  }

  /// All elements as doubles, whatever the dtype (64-bit integers above 2^53 are rounded).
  std::vector<double> to_doubles() const;
  /// All elements of an integer tensor.
  std::vector<std::int64_t> to_integers() const;

 private:
  static Tensor checked(Tensor tensor);
};

/// The content of one file. Maps, so that equal contents give equal bytes.
struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Strict: every byte of the data belongs to exactly one tensor, names occur once, sizes fit
/// shapes, nothing is read beyond the end. Errors: data.bad_safetensors.
Result<TensorFile> parse_safetensors(std::span<const std::byte> bytes);

/// Reads a file into memory. Errors: data.io, data.bad_safetensors with the path as context.
Result<TensorFile> read_safetensors(const std::string& path);

/// The bytes of a file. Wider elements come first, so that every tensor is aligned in the file.
std::vector<std::byte> to_safetensors(const TensorFile& file);

/// Writes a temporary file beside `path`, flushes it to disk and renames it: a crash leaves the old
/// file or the new one. Errors: data.io.
Result<void> write_safetensors(const std::string& path, const TensorFile& file);

}  // namespace scanyard::data
