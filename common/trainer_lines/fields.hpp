//! Strict reading of one JSON object's members: the first thing that is wrong is kept, and everything after it reads as
//! a default, so that a reader of ten members checks once at the end.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/ids.hpp"

namespace scanyard::trainer_lines {

/// The text of a JSON number that JSON cannot say: "NaN", "Infinity", "-Infinity"; finite numbers stay numbers.
nlohmann::json number_to_json(double value);

/// Reads members of one object. Missing and mistyped members are errors that name the member; unknown members are
/// never looked at. Not thread-safe; the object must outlive it.
class Fields {
 public:
  /// `where` starts every message: "replicas[2]". Empty for the line itself.
  Fields(const nlohmann::json& object, std::string where, std::string& first_error);

  std::string text(const char* name);
  /// As text(), but a missing member or null is "".
  std::string text_or_empty(const char* name);
  bool boolean(const char* name);
  /// An integer in [minimum, maximum].
  std::int64_t integer(const char* name, std::int64_t minimum, std::int64_t maximum);
  std::int64_t count(const char* name) { return integer(name, 0, INT64_MAX); }
  std::int32_t count32(const char* name) {
    return static_cast<std::int32_t>(integer(name, 0, INT32_MAX));
  }
  /// A number, or "NaN", "Infinity", "-Infinity".
  double number(const char* name);
  RunId run(const char* name);
  std::vector<RunId> runs(const char* name);
  /// Any JSON value as canonical text (members sorted, no spaces).
  std::string json_text(const char* name);
  /// The object or null under `name`: nothing when it is missing or null.
  std::optional<Fields> optional_object(const char* name);
  Fields object(const char* name);
  std::vector<Fields> objects(const char* name);

 private:
  const nlohmann::json* member(const char* name);
  std::string path(const char* name) const;
  void wrong(const char* name, std::string_view what);
  RunId run_of(const nlohmann::json& value, const char* name);

  const nlohmann::json* object_;
  std::string where_;
  std::string* first_error_;
};

}  // namespace scanyard::trainer_lines
