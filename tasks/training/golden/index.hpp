//! The list of golden files: DIR/index.json, an array of one object a file
//! (tests/golden/data/README.md).
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace scanyard::golden {

/// What the index says of one tensor.
struct ListedTensor {
  std::string dtype;  ///< "float64", "float32", "int64", "uint8"
  std::vector<std::int64_t> shape;
};

struct IndexEntry {
  std::string file;       ///< relative to the folder
  nlohmann::json config;  ///< sizes and kinds; its members depend on the kind of file
  std::map<std::string, ListedTensor> tensors;
  /// Largest error of the reference loop run in float32, relative to the largest entry of a tensor.
  std::optional<double> fp32_error_measured;

  /// "layers", "scan_bdlru", ...: the folder that the file lies in.
  std::string kind() const { return file.substr(0, file.find('/')); }
};

namespace errc {
inline constexpr ErrorCode bad_index{"golden.bad_index"};
}

/// Reads DIR/index.json. Errors: golden.bad_index with the path and the entry.
Result<std::vector<IndexEntry>> read_index(const std::string& folder);

}  // namespace scanyard::golden
