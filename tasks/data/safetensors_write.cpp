#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <tuple>

#include "tasks/data/errc.hpp"
#include "tasks/data/safetensors.hpp"

namespace scanyard::data {
namespace {

using Named = std::pair<const std::string, Tensor>;

/// Wider elements first, then by name: with a header that is a multiple of 8 long every tensor is
/// aligned.
std::vector<const Named*> file_order(const TensorFile& file) {
  std::vector<const Named*> order;
  for (const Named& named : file.tensors)
    order.push_back(&named);
  std::stable_sort(order.begin(), order.end(), [](const Named* a, const Named* b) {
    return size_bytes(a->second.dtype) > size_bytes(b->second.dtype);
  });
  return order;
}

std::string header_text(const TensorFile& file, const std::vector<const Named*>& order) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::uint64_t at = 0;
  for (const Named* named : order) {
    const auto& [name, tensor] = *named;
    const std::uint64_t end = at + tensor.bytes.size();
    header[name] = {
        {"dtype", to_text(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

void append(std::vector<std::byte>& bytes, const void* data, std::size_t count) {
  const auto* begin = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), begin, begin + count);
}

/// Writes everything and flushes it to the disk. Returns false with errno set.
bool write_fully(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(std::size_t(written));
  }
  return ::fsync(descriptor) == 0;
}

tl::unexpected<Error> io_error(const char* doing, const std::string& path) {
  return fail(errc::io, fmt::format("cannot {} {}: {}", doing, path, std::strerror(errno)));
}

}  // namespace

std::string_view to_text(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return "F64";
    case Dtype::f32:
      return "F32";
    case Dtype::bf16:
      return "BF16";
    case Dtype::i64:
      return "I64";
    case Dtype::i32:
      return "I32";
    case Dtype::u8:
      return "U8";
  }
  return {};
}

std::size_t size_bytes(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return 8;
    case Dtype::f32:
      return 4;
    case Dtype::bf16:
      return 2;
    case Dtype::i64:
      return 8;
    case Dtype::i32:
      return 4;
    case Dtype::u8:
      return 1;
  }
  return 0;
}

Tensor Tensor::checked(Tensor tensor) {
  std::size_t expected = size_bytes(tensor.dtype);
  for (const std::int64_t extent : tensor.shape)
    expected *= std::size_t(extent);
  SCANYARD_ASSERT(expected == tensor.bytes.size(),
                  "a tensor has as many elements as its shape says");
  return tensor;
}

std::vector<double> Tensor::to_doubles() const {
  std::vector<double> result(count());
  const auto copy = [&](auto elements) {
    std::copy(elements.begin(), elements.end(), result.begin());
  };
  switch (dtype) {
    case Dtype::f64:
      copy(as<double>());
      break;
    case Dtype::f32:
      copy(as<float>());
      break;
    case Dtype::i64:
      copy(as<std::int64_t>());
      break;
    case Dtype::i32:
      copy(as<std::int32_t>());
      break;
    case Dtype::u8:
      copy(as<std::uint8_t>());
      break;
    case Dtype::bf16: {
      const auto halves = as<Bf16>();
      std::transform(halves.begin(), halves.end(), result.begin(),
                     [](Bf16 half) { return half.to_float(); });
      break;
    }
  }
  return result;
}

std::vector<std::int64_t> Tensor::to_integers() const {
  std::vector<std::int64_t> result(count());
  const auto copy = [&](auto elements) {
    std::copy(elements.begin(), elements.end(), result.begin());
  };
  if (dtype == Dtype::i64)
    copy(as<std::int64_t>());
  else if (dtype == Dtype::i32)
    copy(as<std::int32_t>());
  else if (dtype == Dtype::u8)
    copy(as<std::uint8_t>());
  else
    SCANYARD_ASSERT(false, "only integer tensors are read as integers");
  return result;
}

std::vector<std::byte> to_safetensors(const TensorFile& file) {
  const auto order = file_order(file);
  const std::string header = header_text(file, order);
  const std::uint64_t header_bytes = header.size();
  std::vector<std::byte> bytes;
  append(bytes, &header_bytes, sizeof header_bytes);
  append(bytes, header.data(), header.size());
  for (const Named* named : order)
    append(bytes, named->second.bytes.data(), named->second.bytes.size());
  return bytes;
}

Result<void> write_safetensors(const std::string& path, const TensorFile& file) {
  const std::string temporary = path + ".tmp";
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return io_error("create", temporary);
  const bool written = write_fully(descriptor, to_safetensors(file));
  const int write_errno = errno;
  const bool closed = ::close(descriptor) == 0;
  if (!written || !closed) {
    if (!written) errno = write_errno;
    auto error = io_error("write", temporary);
    ::unlink(temporary.c_str());
    return error;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return io_error("rename to", path);
  return {};
}

}  // namespace scanyard::data
