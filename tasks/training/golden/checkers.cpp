#include "tasks/training/golden/checkers.hpp"

#include <fmt/format.h>

#include <set>

namespace scanyard::golden {
namespace {

std::string text_of(const nlohmann::json& config, const char* member) {
  const auto found = config.find(member);
  return found != config.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_known_layer(const std::string& kind) {
  static const std::set<std::string> kinds = {"bdlru_sel", "hlru_sel", "lstm", "swiglu"};
  return kinds.contains(kind);
}

Checker layer_checker(const IndexEntry& entry) {
  static const std::set<std::string> settings = {"B", "H", "T", "d", "gate", "hidden", "kind", "m"};
  const std::string kind = text_of(entry.config, "kind");
  if (!is_known_layer(kind)) return {nullptr, fmt::format("layer '{}'", kind)};
  for (const auto& [setting, unused] : entry.config.items()) {
    if (!settings.contains(setting))
      return {nullptr, fmt::format("layer '{}' with setting '{}'", kind, setting)};
  }
  return {check_layer, ""};
}

/// A language-model backbone of protocol 2.1: repeated [mixer, swiglu], LayerNorm.
Checker backbone_checker(const IndexEntry& entry, const std::string& stem) {
  if (stem.starts_with("ae_")) return {nullptr, "auto-encoder backbone"};
  if (!stem.starts_with("lm_")) return {nullptr, fmt::format("backbone '{}'", stem)};
  if (!text_of(entry.config, "norm").starts_with("LayerNorm")) return {nullptr, "another norm"};
  const auto layers = entry.config.find("layers");
  if (layers == entry.config.end() || !layers->is_array())
    return {nullptr, "a backbone without layers"};
  for (const auto& layer : *layers) {
    const std::string kind =
        layer.is_array() && !layer.empty() && layer[0].is_string() ? layer[0] : "";
    if (!is_known_layer(kind)) return {nullptr, fmt::format("backbone with layer '{}'", kind)};
  }
  return {check_language_model, ""};
}

Checker task_checker(const std::string& name) {
  if (name == "permutations") return {check_permutations, ""};
  if (name == "selective_copying") return {check_selective_copying, ""};
  return {nullptr, fmt::format("task '{}'", name)};
}

/// "lm_bdlru_m2" of "backbones/lm_bdlru_m2.safetensors".
std::string stem_of(const std::string& file) {
  const auto slash = file.rfind('/');
  const std::string name = slash == std::string::npos ? file : file.substr(slash + 1);
  return name.substr(0, name.find('.'));
}

}  // namespace

Checker checker_for(const IndexEntry& entry) {
  const std::string kind = entry.kind();
  const std::string stem = stem_of(entry.file);
  if (kind == "scan_bdlru") return {check_bdlru_scan, ""};
  if (kind == "scan_hlru") return {check_hlru_scan, ""};
  if (kind == "gates") return {check_gates, ""};
  if (kind == "layers") return layer_checker(entry);
  if (kind == "backbones") return backbone_checker(entry, stem);
  if (kind == "training") {
    if (stem.starts_with("mad_")) return {check_mad_training, ""};
    return {nullptr, "language-model training (clipping, warm-up, accumulation)"};
  }
  if (kind == "metric") return {check_metric, ""};
  if (kind == "schedules") return {check_schedules, ""};
  if (kind == "tasks") return task_checker(stem);
  return {nullptr, fmt::format("files of kind '{}'", kind)};
}

}  // namespace scanyard::golden
