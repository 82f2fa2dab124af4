#include "tests/common/spec/small_vocabulary.hpp"

#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>

namespace scanyard::spec {
namespace {

constexpr ErrorCode missing_key{"catalog.missing_key"};
constexpr ErrorCode inapplicable_key{"catalog.inapplicable_key"};
constexpr ErrorCode impossible_shape{"catalog.impossible_shape"};

Key integer(std::string name, double minimum, double maximum) {
  return {std::move(name), ValueType::integer, KeyScope::shape, "an integer", {}, minimum, maximum};
}
Key real(std::string name, double maximum) {
  return {std::move(name), ValueType::real, KeyScope::replica, "a real", {}, 0, maximum};
}
Key text(std::string name, std::vector<std::string> choices) {
  return {std::move(name), ValueType::text, KeyScope::shape, "a text", std::move(choices), {}, {}};
}

class SmallVocabulary final : public Vocabulary {
 public:
  SmallVocabulary()
      : keys_{integer("batch", 1, 1024),
              integer("copies", 1, 64),
              {"fast", ValueType::boolean, KeyScope::shape, "a flag", {}, {}, {}},
              text("gate", {"softmax", "sigmoid"}),
              integer("hidden", 1, 4096),
              real("lr", 10),
              real("lr_min", 10),
              integer("m", 1, 64),
              text("model", {"bd", "h", "gru"}),
              text("schedule", {"cosine", "constant"}),
              {"seed", ValueType::integer, KeyScope::replica, "the seed", {}, 0, 1e9},
              text("task", {"sum", "copy"}),
              integer("version", 1, 1),
              real("weight_decay", 1)},
        derived_{{"parameters", "hidden * (m + 1)"}, {"state", "hidden * m"}},
        presets_{{"paper",
                  "a preset",
                  {{"batch", Value(std::int64_t{128})}, {"lr_min", Value(1e-5)}},
                  "report: last\nmaximise: [lr, seed, hidden]\ndecimals: 2\n"}} {}

  std::span<const Key> keys() const override { return keys_; }
  std::span<const DerivedValue> derived() const override { return derived_; }
  std::span<const Preset> presets() const override { return presets_; }

  Result<void> complete(Assignment& a) const override {
    for (const char* key : {"model", "hidden", "lr"}) {
      if (!at(a, key)) return fail(missing_key, fmt::format("{} is missing", key));
    }
    const bool gru = is(a, "model", "gru");
    for (const char* key : {"m", "gate"}) {
      if (gru && at(a, key)) {
        return fail(inapplicable_key, fmt::format("{} does not apply to model gru (only to bd, h)", key));
      }
    }
    if (!gru && !at(a, "m")) return fail(missing_key, "m is missing");
    fill(a, "task", std::string("sum"));
    const bool copy = is(a, "task", "copy");
    if (!copy && at(a, "copies")) {
      return fail(inapplicable_key, "copies does not apply to task sum (only to copy)");
    }
    if (number(a, "hidden") * number(a, "m") > 65535) {
      return fail(impossible_shape, "hidden * m is too large");
    }
    if (copy) fill(a, "copies", std::int64_t{16});
    if (!gru) fill(a, "gate", std::string("softmax"));
    fill(a, "batch", std::int64_t{32});
    fill(a, "fast", false);
    fill(a, "schedule", std::string("cosine"));
    fill(a, "seed", std::int64_t{1});
    fill(a, "weight_decay", 0.0);
    fill(a, "version", std::int64_t{1});
    if (is(a, "schedule", "constant")) {
      at(a, "lr_min").reset();
    } else {
      fill(a, "lr_min", 0.0);
    }
    if (is(a, "model", "h") && number(a, "m") == 1) at(a, "model") = std::string("bd");
    return {};
  }

  double derive(std::size_t index, const Assignment& a) const override {
    const double m = at(a, "m") ? number(a, "m") : 1;
    return number(a, "hidden") * (index == 0 ? m + 1 : m);
  }

  std::optional<PublishedKey> published_key(const Assignment& a) const override {
    if (is(a, "task", "copy")) return std::nullopt;
    PublishedKey key{is(a, "model", "h") ? "H" : is(a, "model", "bd") ? "BD" : "GRU", {}, "sum", "all"};
    if (at(a, "m")) key.m = int(number(a, "m"));
    return key;
  }

  Cost cost(const Assignment& a) const override { return {1000 * number(a, "hidden"), 100, 5000, 1 << 20}; }

 private:
  std::optional<Value>& at(Assignment& a, std::string_view key) const { return a[*find(key)]; }
  const std::optional<Value>& at(const Assignment& a, std::string_view key) const { return a[*find(key)]; }
  void fill(Assignment& a, std::string_view key, Value value) const {
    if (!at(a, key)) at(a, key) = std::move(value);
  }
  bool is(const Assignment& a, std::string_view key, std::string_view wanted) const {
    return at(a, key) && std::get<std::string>(*at(a, key)) == wanted;
  }
  double number(const Assignment& a, std::string_view key) const {
    return at(a, key) ? double(std::get<std::int64_t>(*at(a, key))) : 0;
  }

  std::vector<Key> keys_;
  std::vector<DerivedValue> derived_;
  std::vector<Preset> presets_;
};

}  // namespace

const Vocabulary& small_vocabulary() {
  static const SmallVocabulary vocabulary;
  return vocabulary;
}

Result<Expansion> expand_text(const std::string& yaml, const ExpandOptions& options) {
  return expand(yaml, "s.yaml", small_vocabulary(), options);
}

Error error_of(const std::string& yaml, const ExpandOptions& options) {
  INFO(yaml);
  auto expansion = expand_text(yaml, options);
  REQUIRE_FALSE(expansion);
  return expansion.error();
}

std::string refusal_of(const std::string& yaml, const ExpandOptions& options) {
  const Error error = error_of(yaml, options);
  return fmt::format("{} | {}", error.code().text, error.to_string());
}

}  // namespace scanyard::spec
