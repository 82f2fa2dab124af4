//! Reads a golden file or fails the test.
#pragma once

#include <stdexcept>
#include <string>

#include "tasks/data/safetensors.hpp"

namespace scanyard::data::test {

inline TensorFile golden(const std::string& name) {
  auto file = read_safetensors(SCANYARD_SOURCE_DIR "/tests/golden/data/" + name);
  if (!file) throw std::runtime_error(file.error().to_string());
  return std::move(*file);
}

}  // namespace scanyard::data::test
