#include "common/spec/grammar.hpp"

namespace scanyard::spec {
namespace {

constexpr unsigned anywhere = in_file | in_block | in_when;

constexpr Construct all_constructs[] = {
    {"name", in_file, Form::text, "name of the sweep; the file's name where it is not given"},
    {"name", in_block, Form::text, "name of the block, for the plan and for messages"},
    {"description", in_file, Form::text, "what the sweep is for; the page shows it"},
    {"protocol", in_file, Form::preset,
     "a preset of training and selection; what the file says itself wins over it"},
    {"limit", in_file, Form::run_limit, "refuse the file if it names more runs than this"},
    {"select", in_file, Form::selection, "how a table's number is made from runs"},
    {"table", in_file, Form::table, "rows and columns of the table; chosen where not given"},
    {"if", in_when, Form::condition, "where the clause holds: values of keys, or an expression"},
    {"fixed", anywhere, Form::fixed, "values that are the same for all runs"},
    {"grid", anywhere, Form::grid, "axes: every value with every value of the others"},
    {"zip", anywhere, Form::zip,
     "axes that run side by side: first with first, second with second"},
    {"derive", anywhere, Form::derive, "values calculated from others, such as hidden: state / m"},
    {"seeds", in_file | in_block, Form::seeds,
     "how many seeds (5 means 1 to 5), or a list of them; 1 where not given"},
    {"when", in_file | in_block, Form::whens, "settings and axes that only some combinations have"},
    {"where", in_file | in_block, Form::constraints,
     "what must hold for a run, such as state <= 6144"},
    {"exclude", in_file | in_block, Form::excludes, "combinations to leave out"},
    {"include", in_file | in_block, Form::includes,
     "further values of the keys that it names, with all other axes"},
    {"blocks", in_file, Form::blocks,
     "parts of the sweep with settings of their own; the rest of the file holds for all of them"},
};

constexpr Field all_selection_fields[] = {
    {"report", "which evaluation of a run counts"},
    {"metric", "what is read off that evaluation"},
    {"maximise", "keys over which the best is taken"},
    {"average", "keys that are averaged over first"},
    {"decimals", "of the numbers in the table"},
};

constexpr Field all_table_fields[] = {
    {"rows", "keys that make the rows"},
    {"columns", "keys that make the columns"},
};

constexpr Field all_range_fields[] = {
    {"log", "first and last value, with equal ratios between"},
    {"linear", "first and last value, with equal steps between"},
    {"count", "how many values, ends included"},
    {"step", "distance of neighbours of a linear range"},
    {"factor", "ratio of neighbours of a log range"},
    {"digits", "significant digits that values are rounded to: 3 for log, 12 for linear"},
};

}  // namespace

std::span<const Construct> constructs() {
  return all_constructs;
}

const Construct* find_construct(std::string_view key, Place place) {
  for (const auto& construct : all_constructs) {
    if (construct.key == key && (construct.places & place) != 0) return &construct;
  }
  return nullptr;
}

std::vector<std::string> construct_keys(Place place) {
  std::vector<std::string> keys;
  for (const auto& construct : all_constructs) {
    if ((construct.places & place) != 0) keys.emplace_back(construct.key);
  }
  return keys;
}

std::span<const Field> selection_fields() {
  return all_selection_fields;
}
std::span<const Field> table_fields() {
  return all_table_fields;
}
std::span<const Field> range_fields() {
  return all_range_fields;
}

std::vector<std::string> field_keys(std::span<const Field> fields) {
  std::vector<std::string> keys;
  for (const auto& field : fields)
    keys.emplace_back(field.key);
  return keys;
}

}  // namespace scanyard::spec
