//! The constructs of a spec as tables. The parser, the JSON Schema and the messages all read them,
//! so that a key exists for all of them or for none.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scanyard::spec {

/// What stands under a construct's key.
enum class Form {
  text,         ///< a line of text
  run_limit,    ///< a whole number from 1
  preset,       ///< the name of a preset
  fixed,        ///< key: value
  grid,         ///< key: values
  zip,          ///< key: list, all of one length; or a list of such mappings
  derive,       ///< key: expression
  seeds,        ///< how many, or a list
  condition,    ///< key: value or list; or an expression
  whens,        ///< a list of mappings with `if`
  constraints,  ///< an expression or a list of them
  excludes,     ///< a condition or a list of them
  includes,     ///< key: values; or a list of such mappings
  selection,    ///< selection_fields()
  table,        ///< table_fields()
  blocks,       ///< a list of blocks
};

/// Where a construct may stand. A bit each.
enum Place : unsigned { in_file = 1, in_block = 2, in_when = 4 };

struct Construct {
  std::string_view key;
  unsigned places;
  Form form;
  std::string_view doc;
};

/// A key within a construct, such as `decimals` under `select`.
struct Field {
  std::string_view key;
  std::string_view doc;
};

std::span<const Construct> constructs();
/// The construct of that key in that place, or nullptr.
const Construct* find_construct(std::string_view key, Place place);
/// Keys that may stand in a place.
std::vector<std::string> construct_keys(Place place);

std::span<const Field> selection_fields();
std::span<const Field> table_fields();
/// Of an axis given as a range: {log: [1e-4, 1e-2], count: 5}.
std::span<const Field> range_fields();
std::vector<std::string> field_keys(std::span<const Field> fields);

// Upper limits of one file.
inline constexpr std::size_t axis_values_max = 1'000'000;
inline constexpr std::size_t blocks_max = 10'000;
inline constexpr std::size_t name_length_max = 100;
inline constexpr int decimals_max = 9;
inline constexpr int digits_max = 15;

}  // namespace scanyard::spec
