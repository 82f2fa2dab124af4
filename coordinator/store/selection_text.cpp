#include "coordinator/store/selection_text.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

namespace scanyard::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> report_words = {"lowest_test_perplexity", "last",
                                                          "best_accuracy"};
constexpr std::array<std::string_view, 3> metric_words = {"accuracy", "micro_accuracy",
                                                          "perplexity"};

template <class Enum>
Enum from_word(const std::array<std::string_view, 3>& words, const std::string& word) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<Enum>(i);
  }
  return Enum{};
}

void add_keys(const nlohmann::json& object, const std::vector<std::string>& keys,
              nlohmann::json& picked) {
  for (const auto& key : keys) {
    const auto at = object.find(key);
    if (at != object.end()) picked[key] = *at;
  }
}

}  // namespace

std::string selection_to_json(const spec::Selection& selection) {
  const Json object = {{"report", report_words[static_cast<std::size_t>(selection.report)]},
                       {"metric", metric_words[static_cast<std::size_t>(selection.metric)]},
                       {"maximise", selection.maximise},
                       {"average", selection.average},
                       {"decimals", selection.decimals},
                       {"name", selection.name}};
  return object.dump();
}

spec::Selection selection_from_json(std::string_view json) {
  const auto object = Json::parse(json);
  spec::Selection selection;
  selection.report = from_word<spec::ReportedEpoch>(report_words, object.value("report", ""));
  selection.metric = from_word<spec::Metric>(metric_words, object.value("metric", ""));
  selection.maximise = object.value("maximise", std::vector<std::string>{});
  selection.average = object.value("average", std::vector<std::string>{});
  selection.decimals = object.value("decimals", selection.decimals);
  selection.name = object.value("name", "");
  return selection;
}

std::string layout_to_json(const spec::TableLayout& layout) {
  return Json{{"rows", layout.rows}, {"columns", layout.columns}}.dump();
}

spec::TableLayout layout_from_json(std::string_view json) {
  const auto object = Json::parse(json);
  return {.rows = object.value("rows", std::vector<std::string>{}),
          .columns = object.value("columns", std::vector<std::string>{})};
}

struct KeyPicker::Parts {
  std::vector<std::string> keys;
  std::unordered_map<std::int64_t, nlohmann::json> shapes;
};

KeyPicker::KeyPicker(std::vector<std::string> keys) : parts_(std::make_unique<Parts>()) {
  parts_->keys = std::move(keys);
}
KeyPicker::~KeyPicker() = default;

std::string KeyPicker::pick(std::int64_t shape, std::string_view shape_json,
                            std::string_view replica_json) {
  auto& p = *parts_;
  const auto [of_shape, added] = p.shapes.try_emplace(shape, nlohmann::json::object());
  if (added) add_keys(nlohmann::json::parse(shape_json), p.keys, of_shape->second);
  auto picked = of_shape->second;
  add_keys(nlohmann::json::parse(replica_json), p.keys, picked);
  return picked.dump();
}

}  // namespace scanyard::store
