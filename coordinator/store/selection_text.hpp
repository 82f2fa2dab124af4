//! Selection and table layout as the JSON texts that a sweep is stored with.
#pragma once

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

/// Those of `keys` that the two objects (a run's shape and replica) have, as one object with sorted
/// keys: {"hidden":64,"lr":0.001,"seed":1}.
std::string pick_keys(std::string_view shape_json, std::string_view replica_json,
                      const std::vector<std::string>& keys);

}  // namespace scanyard::store
