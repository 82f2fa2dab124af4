#include "tasks/catalog/config.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/assert.hpp"
#include "common/text.hpp"
#include "tasks/catalog/complete.hpp"
#include "tasks/catalog/errc.hpp"

namespace scanyard::catalog {
namespace {

using nlohmann::json;
using spec::Assignment;
using spec::Key;
using spec::KeyScope;
using spec::Value;
using spec::ValueType;

/// A JSON value as the type of its key: 1 is a fine real.
std::optional<Value> value_from(const json& value, ValueType type) {
  if (type == ValueType::boolean && value.is_boolean()) return Value(value.get<bool>());
  if (type == ValueType::integer && value.is_number_unsigned() &&
      value.get<std::uint64_t>() > INT64_MAX)
    return {};
  if (type == ValueType::integer && value.is_number_integer())
    return Value(value.get<std::int64_t>());
  if (type == ValueType::real && value.is_number()) return Value(value.get<double>());
  if (type == ValueType::text && value.is_string()) return Value(value.get<std::string>());
  return std::nullopt;
}

Error unknown_key(const std::string& name, KeyScope scope) {
  std::vector<std::string> names;
  for (const Key& key : all_keys()) {
    if (key.scope == scope) names.push_back(key.name);
  }
  const auto near = nearest(name, names);
  return Error(errc::bad_config,
               fmt::format("unknown key '{}'{}", name,
                           near ? fmt::format("; did you mean '{}'?", *near) : std::string()));
}

/// Adds the members of a JSON object to an assignment.
Result<void> read_members(std::string_view text, KeyScope scope, Assignment& assignment) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    return fail(errc::bad_config,
                fmt::format("expected a JSON object, got '{}'", text.substr(0, 60)));
  }
  for (const auto& [name, member] : object.items()) {
    const auto index = find_key(name);
    if (!index || all_keys()[*index].scope != scope)
      return tl::unexpected(unknown_key(name, scope));
    auto value = value_from(member, all_keys()[*index].type);
    if (!value)
      return fail(errc::bad_value, fmt::format("{}: {} has the wrong type", name, member.dump()));
    assignment[*index] = std::move(*value);
  }
  return {};
}

template <class T>
void read(const Assignment& assignment, std::string_view key, T& into) {
  const auto& value = assignment[key_index(key)];
  if (value) into = std::get<T>(*value);
}

std::string text_or_empty(const Assignment& assignment, std::string_view key) {
  std::string text;
  read(assignment, key, text);
  return text;
}

}  // namespace

ShapeConfig shape_of(const Assignment& assignment) {
  ShapeConfig c;
  read(assignment, "model", c.model);
  read(assignment, "gate", c.gate);
  read(assignment, "backbone", c.backbone);
  read(assignment, "m", c.m);
  read(assignment, "hidden", c.hidden);
  read(assignment, "width", c.width);
  read(assignment, "layers", c.layers);
  c.precision =
      text_or_empty(assignment, "precision") == "bf16" ? Precision::bf16 : Precision::fp32;
  read(assignment, "task", c.task);
  read(assignment, "generator_version", c.generator_version);
  read(assignment, "group", c.group);
  read(assignment, "copies", c.copies);
  read(assignment, "length", c.length);
  read(assignment, "vocab", c.vocab);
  read(assignment, "train", c.train);
  read(assignment, "test", c.test);
  read(assignment, "batch", c.batch);
  read(assignment, "epochs", c.epochs);
  c.schedule =
      text_or_empty(assignment, "schedule") == "constant" ? Schedule::constant : Schedule::cosine;
  read(assignment, "protocol_version", c.protocol_version);
  if (const TaskRow* task = find_task(c.task)) c.vocab = task->vocab(c);
  return c;
}

Result<ShapeConfig> parse_shape(std::string_view json) {
  Assignment assignment(all_keys().size());
  if (auto ok = read_members(json, KeyScope::shape, assignment); !ok) return propagate(ok, "shape");
  if (auto ok = complete_shape(assignment); !ok) return propagate(ok, "shape");
  apply_alias(assignment);
  return shape_of(assignment);
}

Result<ReplicaConfig> parse_replica(const ShapeConfig& shape, std::string_view json) {
  Assignment assignment(all_keys().size());
  if (auto ok = read_members(json, KeyScope::replica, assignment); !ok)
    return propagate(ok, "replica");
  assignment[key_index("schedule")] =
      Value(std::string(shape.schedule == Schedule::constant ? "constant" : "cosine"));
  if (auto ok = complete_replica(assignment); !ok) return propagate(ok, "replica");
  ReplicaConfig c;
  std::int64_t seed = 0;
  read(assignment, "lr", c.lr);
  read(assignment, "lr_min", c.lr_min);
  read(assignment, "weight_decay", c.weight_decay);
  read(assignment, "early_stop", c.early_stop);
  read(assignment, "seed", seed);
  c.seed = std::uint64_t(seed);
  return c;
}

}  // namespace scanyard::catalog
