#include "tasks/catalog/complete.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "common/assert.hpp"
#include "common/text.hpp"
#include "tasks/catalog/errc.hpp"

namespace scanyard::catalog {
namespace {

using spec::Assignment;
using spec::Key;
using spec::KeyScope;
using spec::Value;
using spec::ValueType;

/// Largest data set: 2^31 tokens, 16 GB with inputs and targets.
constexpr double tokens_max = 2147483648.0;

template <class Rows>
Axis name_axis(std::string key, std::string doc, const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    names.push_back(row.name);
    doc += fmt::format("; {}: {}", row.name, row.doc);
  }
  return choice_axis(std::move(key), std::move(doc), std::move(names));
}

void add_axes(std::vector<Key>& keys, const std::vector<Axis>& axes) {
  for (const Axis& axis : axes) {
    const auto same_name = [&](const Key& key) { return key.name == axis.key.name; };
    if (std::none_of(keys.begin(), keys.end(), same_name)) keys.push_back(axis.key);
  }
}

std::vector<Key> make_keys() {
  std::vector<Key> keys = {
      name_axis("model", "sequence mixer", models()).key,
      name_axis("task", "what is learned", tasks()).key,
      integer_axis("generator_version", "meaning of the task's generator; added by the program", 1,
                   1e9)
          .key};
  add_axes(keys, common_axes());
  for (const ModelRow& row : models())
    add_axes(keys, row.axes);
  for (const TaskRow& row : tasks())
    add_axes(keys, row.axes);
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.name < b.name; });
  return keys;
}

std::string type_name(ValueType type) {
  switch (type) {
    case ValueType::boolean:
      return "true or false";
    case ValueType::integer:
      return "an integer";
    case ValueType::real:
      return "a number";
    case ValueType::text:
      return "a text";
  }
  return {};
}

/// A value as an error message shows it.
std::string shown(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value))
    return std::isfinite(*real) ? canonical_number(*real) : "NaN or infinite";
  return "'" + std::get<std::string>(value) + "'";
}

std::string range_text(const Key& key) {
  const auto number = [](double value) { return canonical_number(value); };
  if (key.minimum && key.maximum)
    return fmt::format("{} to {}", number(*key.minimum), number(*key.maximum));
  if (key.minimum) return fmt::format("at least {}", number(*key.minimum));
  return fmt::format("at most {}", number(*key.maximum));
}

const std::string* text_of(const Assignment& assignment, std::string_view key) {
  const auto& value = assignment[key_index(key)];
  return value ? std::get_if<std::string>(&*value) : nullptr;
}

bool has_axis(const std::vector<Axis>& axes, std::string_view name) {
  return std::any_of(axes.begin(), axes.end(),
                     [&](const Axis& axis) { return axis.key.name == name; });
}

template <class Rows>
std::vector<std::string> names_with(const Rows& rows, std::string_view key) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    if (has_axis(row.axes, key)) names.push_back(row.name);
  }
  return names;
}

Error inapplicable(const std::string& key, const ModelRow& model, const TaskRow& task) {
  const auto of_models = names_with(models(), key);
  if (!of_models.empty()) {
    return Error(errc::inapplicable_key, fmt::format("{} does not apply to model {} (only to {})",
                                                     key, model.name, fmt::join(of_models, ", ")));
  }
  return Error(errc::inapplicable_key,
               fmt::format("{} does not apply to task {} (only to {})", key, task.name,
                           fmt::join(names_with(tasks(), key), ", ")));
}

Error missing(const Key& key, const std::string& why) {
  return Error(errc::missing_key,
               fmt::format("{} is missing: {} needs it ({})", key.name, why, key.doc));
}

/// Fills the axes of one row that are of the given scope.
Result<void> fill(Assignment& assignment, const std::vector<Axis>& axes, KeyScope scope,
                  const std::string& owner) {
  for (const Axis& axis : axes) {
    auto& value = assignment[key_index(axis.key.name)];
    if (value || axis.key.scope != scope) continue;
    if (!axis.fallback) return tl::unexpected(missing(axis.key, owner));
    value = axis.fallback;
  }
  return {};
}

Result<void> check_values(const Assignment& assignment, KeyScope scope) {
  const auto keys = all_keys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!assignment[i] || keys[i].scope != scope) continue;
    if (auto ok = check_value(keys[i], *assignment[i]); !ok) return ok;
  }
  return {};
}

Result<void> check_applicable(const Assignment& assignment, const ModelRow& model,
                              const TaskRow& task) {
  const auto keys = all_keys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string& name = keys[i].name;
    if (!assignment[i] || name == "model" || name == "task" || name == "generator_version")
      continue;
    if (has_axis(common_axes(), name) || has_axis(model.axes, name) || has_axis(task.axes, name))
      continue;
    return tl::unexpected(inapplicable(name, model, task));
  }
  return {};
}

/// A version is written by this program; one that it does not implement must not be trained under
/// its name.
Result<void> set_version(Assignment& assignment, std::string_view key, std::int64_t implemented) {
  auto& value = assignment[key_index(key)];
  if (value && *value != Value(implemented)) {
    return fail(errc::bad_value, fmt::format("{} {} is not implemented by this build, which has {}",
                                             key, shown(*value), implemented));
  }
  value = Value(implemented);
  return {};
}

bool is_constant_schedule(const Assignment& assignment) {
  const std::string* schedule = text_of(assignment, "schedule");
  return schedule && *schedule == "constant";
}

Result<void> check_shape(const Assignment& assignment, const TaskRow& task) {
  const ShapeConfig shape = shape_of(assignment);
  if (auto ok = task.check(shape); !ok) return ok;
  const double tokens = (double(shape.train) + double(shape.test)) * double(shape.length);
  if (tokens <= tokens_max) return {};
  return fail(errc::impossible_shape,
              fmt::format("(train + test) * length is {:.3g} tokens; at most {:.3g} fit", tokens,
                          tokens_max));
}

}  // namespace

std::span<const Key> all_keys() {
  static const std::vector<Key> keys = make_keys();
  return keys;
}

std::optional<std::size_t> find_key(std::string_view name) {
  const auto keys = all_keys();
  const auto at =
      std::lower_bound(keys.begin(), keys.end(), name,
                       [](const Key& key, std::string_view wanted) { return key.name < wanted; });
  if (at == keys.end() || at->name != name) return std::nullopt;
  return std::size_t(at - keys.begin());
}

std::size_t key_index(std::string_view name) {
  const auto index = find_key(name);
  SCANYARD_ASSERT(index.has_value(), "only keys of the table are looked up by name");
  return *index;
}

Result<void> check_value(const Key& key, const Value& value) {
  const auto bad = [&](const std::string& right) {
    return fail(errc::bad_value,
                fmt::format("{}: {} is not allowed; it must be {}", key.name, shown(value), right));
  };
  const auto type = static_cast<ValueType>(value.index());
  if (type != key.type) return bad(type_name(key.type));
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto& choices = key.choices;
    if (choices.empty() || std::find(choices.begin(), choices.end(), *text) != choices.end())
      return {};
    return bad(fmt::format("one of {}", fmt::join(choices, ", ")));
  }
  double number = 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) number = double(*integer);
  if (const auto* real = std::get_if<double>(&value)) number = *real;
  // Written so that NaN, which compares false with everything, is refused.
  const bool above = !key.minimum || number >= *key.minimum;
  const bool below = !key.maximum || number <= *key.maximum;
  if (above && below) return {};
  return bad(range_text(key));
}

Result<void> complete_shape(Assignment& assignment) {
  SCANYARD_ASSERT(assignment.size() == all_keys().size(),
                  "an assignment has one place for every key");
  if (auto ok = check_values(assignment, KeyScope::shape); !ok) return ok;
  for (const char* name : {"model", "task"}) {
    if (!assignment[key_index(name)]) {
      return tl::unexpected(missing(all_keys()[key_index(name)], "every configuration"));
    }
  }
  const ModelRow& model = *find_model(*text_of(assignment, "model"));
  const TaskRow& task = *find_task(*text_of(assignment, "task"));
  if (auto ok = check_applicable(assignment, model, task); !ok) return ok;
  if (auto ok = set_version(assignment, "protocol_version", protocol_version); !ok) return ok;
  if (auto ok = set_version(assignment, "generator_version", task.generator_version); !ok)
    return ok;
  if (auto ok = fill(assignment, common_axes(), KeyScope::shape, "every configuration"); !ok)
    return ok;
  if (auto ok = fill(assignment, model.axes, KeyScope::shape, "model " + model.name); !ok)
    return ok;
  if (auto ok = fill(assignment, task.axes, KeyScope::shape, "task " + task.name); !ok) return ok;
  return check_shape(assignment, task);
}

void apply_alias(Assignment& assignment) {
  const ModelRow& model = *find_model(*text_of(assignment, "model"));
  if (!model.same_as) return;
  const std::string_view other = model.same_as(shape_of(assignment));
  if (!other.empty()) assignment[key_index("model")] = Value(std::string(other));
}

Result<void> complete_replica(Assignment& assignment) {
  if (auto ok = check_values(assignment, KeyScope::replica); !ok) return ok;
  if (auto ok = fill(assignment, common_axes(), KeyScope::replica, "every run"); !ok) return ok;
  if (is_constant_schedule(assignment)) assignment[key_index("lr_min")].reset();
  return {};
}

}  // namespace scanyard::catalog
