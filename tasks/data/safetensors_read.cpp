#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "tasks/data/errc.hpp"
#include "tasks/data/safetensors.hpp"

namespace scanyard::data {
namespace {

using nlohmann::json;

/// Larger headers are refused before memory is spent on them (the format's own limit).
constexpr std::uint64_t header_bytes_max = 100'000'000;
constexpr std::size_t dimensions_max = 16;

struct Entry {
  std::string name;
  Dtype dtype{};
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

tl::unexpected<Error> bad(std::string message) {
  return fail(errc::bad_safetensors, std::move(message));
}

std::optional<Dtype> dtype_from(std::string_view text) {
  for (const Dtype dtype :
       {Dtype::f64, Dtype::f32, Dtype::bf16, Dtype::i64, Dtype::i32, Dtype::u8}) {
    if (to_text(dtype) == text) return dtype;
  }
  return std::nullopt;
}

/// Parses the header; a JSON library keeps the last of two equal keys silently, so they are looked
/// for on the way.
Result<json> parse_header(std::string_view text) {
  std::vector<std::set<std::string>> open_objects;
  std::string doubled;
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects.pop_back();
    if (event == json::parse_event_t::key &&
        !open_objects.back().insert(value.get<std::string>()).second) {
      doubled = value.get<std::string>();
    }
    return true;
  };
  json header = json::parse(text, watch, /*allow_exceptions=*/false);
  if (!header.is_object()) return bad("the header is not a JSON object");
  if (!doubled.empty())
    return bad(fmt::format("the name '{}' stands twice in the header", doubled));
  return header;
}

Result<std::map<std::string, std::string>> parse_metadata(const json& object) {
  std::map<std::string, std::string> metadata;
  if (!object.is_object()) return bad("__metadata__ is not an object");
  for (const auto& [name, value] : object.items()) {
    if (!value.is_string())
      return bad(fmt::format("__metadata__: the value of '{}' is not a string", name));
    metadata[name] = value.get<std::string>();
  }
  return metadata;
}

/// A whole number from 0 to 2^63 - 1.
std::optional<std::int64_t> size_from(const json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto number = value.get<std::uint64_t>();
  if (number > std::uint64_t(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return std::int64_t(number);
}

/// Bytes of a tensor, or nothing when the product does not fit 63 bits.
std::optional<std::uint64_t> bytes_of(const Entry& entry) {
  std::uint64_t product = size_bytes(entry.dtype);
  for (const std::int64_t extent : entry.shape) {
    std::uint64_t next = 0;
    if (__builtin_mul_overflow(product, std::uint64_t(extent), &next) || next >> 63)
      return std::nullopt;
    product = next;
  }
  return product;
}

Result<Entry> parse_entry(const std::string& name, const json& object) {
  const auto bad_tensor = [&](const std::string& what) {
    return bad(fmt::format("tensor '{}': {}", name, what));
  };
  if (!object.is_object() || object.size() != 3 || !object.contains("dtype") ||
      !object.contains("shape") || !object.contains("data_offsets")) {
    return bad_tensor("expected exactly dtype, shape and data_offsets");
  }
  Entry entry;
  entry.name = name;
  if (!object["dtype"].is_string()) return bad_tensor("dtype is not a string");
  const auto dtype = dtype_from(object["dtype"].get<std::string>());
  if (!dtype) return bad_tensor(fmt::format("dtype {} is not supported", object["dtype"].dump()));
  entry.dtype = *dtype;
  const json& shape = object["shape"];
  if (!shape.is_array() || shape.size() > dimensions_max)
    return bad_tensor("shape is not a list of up to 16 sizes");
  for (const json& extent : shape) {
    const auto size = size_from(extent);
    if (!size) return bad_tensor(fmt::format("shape holds {}, which is no size", extent.dump()));
    entry.shape.push_back(*size);
  }
  const json& offsets = object["data_offsets"];
  const bool pair =
      offsets.is_array() && offsets.size() == 2 && size_from(offsets[0]) && size_from(offsets[1]);
  if (!pair) return bad_tensor("data_offsets is not a pair of offsets");
  entry.begin = std::uint64_t(*size_from(offsets[0]));
  entry.end = std::uint64_t(*size_from(offsets[1]));
  const auto needed = bytes_of(entry);
  if (!needed) return bad_tensor("the shape's product does not fit 63 bits");
  if (entry.begin > entry.end || entry.end - entry.begin != *needed) {
    return bad_tensor(fmt::format("data_offsets [{}, {}] do not span the {} bytes of its shape",
                                  entry.begin, entry.end, *needed));
  }
  return entry;
}

/// Sorted entries must follow each other without hole or overlap and fill the data.
Result<void> check_cover(std::vector<Entry>& entries, std::uint64_t data_bytes) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t at = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != at) {
      return bad(
          fmt::format("tensor '{}' begins at byte {} of the data, but the one before it ends at {}",
                      entry.name, entry.begin, at));
    }
    at = entry.end;
  }
  if (at == data_bytes) return {};
  return bad(fmt::format("the tensors need {} bytes of data, the file has {}", at, data_bytes));
}

}  // namespace

Result<TensorFile> parse_safetensors(std::span<const std::byte> bytes) {
  std::uint64_t header_bytes = 0;
  if (bytes.size() < sizeof header_bytes)
    return bad(fmt::format("only {} bytes, no header", bytes.size()));
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  if (header_bytes > header_bytes_max || header_bytes > bytes.size() - sizeof header_bytes) {
    return bad(fmt::format("a header of {} bytes in a file of {}", header_bytes, bytes.size()));
  }
  const auto* text = reinterpret_cast<const char*>(bytes.data()) + sizeof header_bytes;
  auto header = parse_header({text, header_bytes});
  if (!header) return propagate(header);

  TensorFile file;
  std::vector<Entry> entries;
  for (const auto& [name, value] : header->items()) {
    if (name == "__metadata__") {
      auto metadata = parse_metadata(value);
      if (!metadata) return propagate(metadata);
      file.metadata = std::move(*metadata);
      continue;
    }
    auto entry = parse_entry(name, value);
    if (!entry) return propagate(entry);
    entries.push_back(std::move(*entry));
  }
  const auto data = bytes.subspan(sizeof header_bytes + header_bytes);
  if (auto ok = check_cover(entries, data.size()); !ok) return propagate(ok);
  for (Entry& entry : entries) {
    const auto part = data.subspan(entry.begin, entry.end - entry.begin);
    file.tensors[entry.name] = {entry.dtype, std::move(entry.shape), {part.begin(), part.end()}};
  }
  return file;
}

Result<TensorFile> read_safetensors(const std::string& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);  // an error for folders and devices
  std::ifstream in(path, std::ios::binary);
  if (failed || !in) {
    const auto why = failed ? failed.message() : std::string(std::strerror(errno));
    return fail(errc::io, fmt::format("cannot open {}: {}", path, why));
  }
  std::vector<std::byte> bytes(size, std::byte{});
  in.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(size));
  if (!in) return fail(errc::io, fmt::format("cannot read {}", path));
  auto file = parse_safetensors(bytes);
  if (!file) return propagate(file, path);
  return file;
}

}  // namespace scanyard::data
