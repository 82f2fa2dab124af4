#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "common/spec/plan_render.hpp"

namespace scanyard::spec {
namespace {

using nlohmann::json;

/// By run: what is known of it.
std::vector<const KnownRun*> by_index(const Expansion& expansion, std::span<const KnownRun> known) {
  std::vector<const KnownRun*> found(expansion.runs.size(), nullptr);
  for (const KnownRun& one : known)
    found[one.index] = &one;
  return found;
}

std::string_view state_text(const KnownRun* known) {
  return known != nullptr ? to_text(known->state) : "new";
}

/// Which keys have more than one value, found in one pass over canonical JSON objects.
class VaryingKeys {
 public:
  void add(const json& object) {
    for (const auto& [key, value] : object.items()) {
      const auto [first, added] = first_.try_emplace(key, value);
      if (!added && first->second != value) keys_.insert(key);
    }
  }
  const std::set<std::string>& keys() const { return keys_; }

 private:
  std::map<std::string, json> first_;
  std::set<std::string> keys_;
};

std::string pairs(const json& object, const std::set<std::string>& wanted) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (!wanted.contains(key)) continue;
    text += fmt::format(" {}={}", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

}  // namespace

void list_runs_text(const Expansion& expansion, std::span<const KnownRun> known,
                    const std::function<void(std::string_view)>& write) {
  VaryingKeys of_shapes, of_replicas;
  std::vector<json> shapes;
  for (const auto& shape : expansion.shapes) {
    shapes.push_back(json::parse(shape.json));
    of_shapes.add(shapes.back());
  }
  for (const auto& run : expansion.runs)
    of_replicas.add(json::parse(run.replica_json));
  const auto found = by_index(expansion, known);
  for (std::size_t i = 0; i < expansion.runs.size(); ++i) {
    const auto& run = expansion.runs[i];
    write(fmt::format("{}  {:<9}{}{}\n", run.id.hex(), state_text(found[i]),
                      pairs(shapes[run.shape], of_shapes.keys()),
                      pairs(json::parse(run.replica_json), of_replicas.keys())));
  }
}

void list_runs_json(const Expansion& expansion, std::span<const KnownRun> known,
                    const std::function<void(std::string_view)>& write) {
  const auto found = by_index(expansion, known);
  for (std::size_t i = 0; i < expansion.runs.size(); ++i) {
    const auto& run = expansion.runs[i];
    const std::string sweep =
        found[i] != nullptr ? std::to_string(found[i]->sweep.value) : std::string("null");
    std::string block;
    append_json_string(block, expansion.blocks[run.block].name);
    write(fmt::format(R"({{"id":"{}","state":"{}","sweep":{},"block":{},"shape":{},"replica":{}}})"
                      "\n",
                      run.id.hex(), state_text(found[i]), sweep, block,
                      expansion.shapes[run.shape].json, run.replica_json));
  }
}

}  // namespace scanyard::spec
