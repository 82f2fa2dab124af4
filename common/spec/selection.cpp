#include "common/spec/selection.hpp"

#include <array>

namespace scanyard::spec {
namespace {

constexpr std::array<std::string_view, 3> reports = {"lowest_test_perplexity", "last",
                                                     "best_accuracy"};
constexpr std::array<std::string_view, 3> metrics = {"accuracy", "micro_accuracy", "perplexity"};

template <class Enum, std::size_t n>
std::optional<Enum> from_text(const std::array<std::string_view, n>& texts, std::string_view text) {
  for (std::size_t i = 0; i < n; ++i) {
    if (texts[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(ReportedEpoch report) {
  return reports[static_cast<std::size_t>(report)];
}
std::string_view to_text(Metric metric) {
  return metrics[static_cast<std::size_t>(metric)];
}

std::optional<ReportedEpoch> reported_epoch_from_text(std::string_view text) {
  return from_text<ReportedEpoch>(reports, text);
}
std::optional<Metric> metric_from_text(std::string_view text) {
  return from_text<Metric>(metrics, text);
}

std::span<const std::string_view> reported_epoch_texts() {
  return reports;
}
std::span<const std::string_view> metric_texts() {
  return metrics;
}

}  // namespace scanyard::spec
