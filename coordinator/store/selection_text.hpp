//! Selection and table layout as the JSON texts that a sweep is stored with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/spec/selection.hpp"

namespace scanyard::store {

/// {"report":"lowest_test_perplexity","metric":"accuracy","maximise":[...],"average":[...],
/// "decimals":3,"name":"paper"}
std::string selection_to_json(const spec::Selection& selection);
/// Missing members and unknown words become the defaults. Throws what nlohmann throws for a text
/// that is no JSON object.
spec::Selection selection_from_json(std::string_view json);

/// {"rows":[...],"columns":[...]}
std::string layout_to_json(const spec::TableLayout& layout);
spec::TableLayout layout_from_json(std::string_view json);

/// Picks keys off runs: those of `keys` that a run's shape or replica has, as one object with
/// sorted keys: {"hidden":64,"lr":0.001,"seed":1}. A shape is parsed once however many runs have
/// it.
class KeyPicker {
 public:
  explicit KeyPicker(std::vector<std::string> keys);
  ~KeyPicker();
  KeyPicker(const KeyPicker&) = delete;
  KeyPicker& operator=(const KeyPicker&) = delete;

  /// `shape` identifies `shape_json`.
  std::string pick(std::int64_t shape, std::string_view shape_json, std::string_view replica_json);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace scanyard::store
