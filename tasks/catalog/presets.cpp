#include "tasks/catalog/presets.hpp"

#include <cstdint>
#include <vector>

namespace scanyard::catalog {
namespace {

using spec::Preset;
using spec::Value;

Value integer(std::int64_t value) {
  return Value(value);
}
Value real(double value) {
  return Value(value);
}
Value text(const char* value) {
  return Value(std::string(value));
}

/// protocol.md 4.2 (epoch of the lowest test perplexity), 4.3 (macro accuracy), 4.4 (best of rates,
/// seeds and sizes; cells rounded to two decimals).
constexpr const char* paper_selection =
    "report: lowest_test_perplexity\n"
    "metric: accuracy\n"
    "maximise: [lr, seed, hidden]\n"
    "decimals: 2\n";

/// Only keys that every model and task has: `gate` is not here, its default is the paper's softmax.
Preset paper() {
  return {
      .name = "paper",
      .doc =
          "the paper's training and selection: 200 epochs, batch 128, AdamW, cosine to 1e-5, bf16",
      .values = {{"batch", integer(128)},
                 {"early_stop", real(0.999)},
                 {"epochs", integer(200)},
                 {"layers", integer(1)},
                 {"lr_min", real(1e-5)},
                 {"precision", text("bf16")},
                 {"schedule", text("cosine")},
                 {"test", integer(1280)},
                 {"weight_decay", real(0)},
                 {"width", integer(128)}},
      .selection_yaml = paper_selection};
}

Preset demo() {
  return {.name = "demo",
          .doc = "the paper's rules at a size for two CPU cores: fewer epochs, narrower, fp32",
          .values = {{"batch", integer(64)},
                     {"early_stop", real(0.999)},
                     {"epochs", integer(60)},
                     {"layers", integer(1)},
                     {"lr_min", real(1e-5)},
                     {"precision", text("fp32")},
                     {"schedule", text("cosine")},
                     {"test", integer(256)},
                     {"weight_decay", real(0)},
                     {"width", integer(64)}},
          .selection_yaml = paper_selection};
}

}  // namespace

std::span<const Preset> presets() {
  static const std::vector<Preset> all = {demo(), paper()};
  return all;
}

}  // namespace scanyard::catalog
