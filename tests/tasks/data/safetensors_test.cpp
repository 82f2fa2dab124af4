#include "tasks/data/safetensors.hpp"

#include <unistd.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tasks/data/errc.hpp"

namespace scanyard::data {
namespace {

using Catch::Matchers::ContainsSubstring;

std::vector<std::byte> file_of(const std::string& header, std::size_t data_bytes) {
  std::vector<std::byte> bytes(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

TensorFile example() {
  TensorFile file;
  const std::vector<float> floats = {1, 2, 3, 4, 5, 6};
  const std::vector<std::uint8_t> flags = {1, 0, 255};
  const std::vector<double> scalar = {0.5};
  const std::vector<Bf16> halves = {{0x3f80}, {0xc000}};
  const std::vector<std::int32_t> integers = {-7};
  file.tensors["b.weight"] = Tensor::of<float>({2, 3}, floats);
  file.tensors["a"] = Tensor::of<std::uint8_t>({3}, flags);
  file.tensors["lr"] = Tensor::of<double>({}, scalar);
  file.tensors["h"] = Tensor::of<Bf16>({2, 1}, halves);
  file.tensors["i"] = Tensor::of<std::int32_t>({1}, integers);
  file.tensors["empty"] = Tensor::of<float>({0, 4}, {});
  file.metadata = {{"what", "quote \" and line\nbreak"}};
  return file;
}

TEST_CASE("what is written is read back, element for element") {
  const auto back = parse_safetensors(to_safetensors(example()));
  REQUIRE(back);
  CHECK(back->metadata == example().metadata);
  REQUIRE(back->tensors.size() == 6);
  for (const auto& [name, tensor] : example().tensors) {
    INFO(name);
    CHECK(back->tensors.at(name).dtype == tensor.dtype);
    CHECK(back->tensors.at(name).shape == tensor.shape);
    CHECK(back->tensors.at(name).bytes == tensor.bytes);
  }
  CHECK(back->tensors.at("h").to_doubles() == std::vector<double>{1, -2});
  CHECK(back->tensors.at("i").to_integers() == std::vector<std::int64_t>{-7});
}

TEST_CASE("a file written to disk replaces the old one and leaves no temporary file") {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("scanyard_safetensors_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = folder / "a.safetensors";
  std::ofstream(path) << "old";
  CHECK(read_safetensors(path).error().code() == errc::bad_safetensors);
  REQUIRE(write_safetensors(path, example()));
  CHECK(read_safetensors(path)->tensors.size() == 6);
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
  CHECK(read_safetensors(folder).error().code() == errc::io);
  std::filesystem::remove_all(folder);
  CHECK(write_safetensors(path, example()).error().code() == errc::io);
  CHECK(read_safetensors(path).error().code() == errc::io);
}

TEST_CASE("every golden file is read, with the tensors that the index lists") {
  const std::string folder = SCANYARD_SOURCE_DIR "/tests/golden/data/";
  std::ifstream in(folder + "index.json");
  const auto index = nlohmann::json::parse(in);
  REQUIRE(index.size() > 90);
  for (const auto& item : index) {
    const auto file = read_safetensors(folder + item.at("file").get<std::string>());
    INFO(item.at("file"));
    REQUIRE(file);
    CHECK(file->metadata.at("what") == item.at("what"));
    CHECK(file->tensors.size() == item.at("tensors").size());
    for (const auto& [name, description] : item.at("tensors").items()) {
      CHECK(file->tensors.at(name).shape == description.at(1).get<std::vector<std::int64_t>>());
    }
  }
}

TEST_CASE("hostile and damaged headers are refused with the reason") {
  const auto [header, data_bytes, reason] = GENERATE(table<const char*, std::size_t, const char*>({
      {"[]", 0, "not a JSON object"},
      {"{", 0, "not a JSON object"},
      {R"({"a":1})", 0, "expected exactly dtype"},
      {R"({"a":{"dtype":"F32","shape":[1]}})", 4, "expected exactly dtype"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4,
       "expected exactly dtype"},
      {R"({"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}})", 1,
       "dtype \"F8\" is not supported"},
      {R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,1]}})", 1, "dtype is not a string"},
      {R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "no size"},
      {R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4, "no size"},
      {R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", 4,
       "no size"},
      {R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
       "63 bits"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "do not span the 8 bytes"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, "do not span"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4, "pair of offsets"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "begins at byte 4"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 8,
       "need 4 bytes of data, the file has 8"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 4,
       "need 8 bytes of data, the file has 4"},
      {R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
       3, "begins at byte 1"},
      {R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
       1, "stands twice"},
      {R"({"__metadata__":{"a":1}})", 0, "not a string"},
      {R"({"__metadata__":[]})", 0, "not an object"},
  }));
  const auto file = parse_safetensors(file_of(header, data_bytes));
  INFO(header);
  REQUIRE_FALSE(file);
  CHECK(file.error().code() == errc::bad_safetensors);
  CHECK_THAT(file.error().message(), ContainsSubstring(reason));
}

TEST_CASE("lengths that point beyond the end are refused before anything is read") {
  std::vector<std::byte> bytes(7);
  CHECK(parse_safetensors(bytes).error().code() == errc::bad_safetensors);
  bytes.assign(16, std::byte{0xff});
  CHECK(parse_safetensors(bytes).error().code() == errc::bad_safetensors);
  const auto whole = to_safetensors(example());
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    CHECK_FALSE(parse_safetensors(std::span(whole).first(cut)));
  }
}

}  // namespace
}  // namespace scanyard::data
