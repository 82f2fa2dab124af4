#include "web/plots/end_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "web/html/escape.hpp"
#include "web/plots/legend.hpp"

namespace scanyard::web {
namespace {

constexpr double label_gap = 15;

}  // namespace

std::vector<double> spread_apart(const std::vector<double>& wanted, double gap, Range bounds) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
  std::vector<double> placed = wanted;
  double free_from = bounds.low;
  for (const std::size_t i : order) {
    placed[i] = std::max(placed[i], free_from);
    free_from = placed[i] + gap;
  }
  double free_to = bounds.high;
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    placed[*i] = std::min(placed[*i], free_to);
    free_to = placed[*i] - gap;
  }
  return placed;
}

std::string drawn_end_labels(std::vector<EndLabel> labels, double edge, Range bounds) {
  if (labels.empty()) return {};
  std::vector<double> wanted;
  for (const auto& label : labels)
    wanted.push_back(label.y);
  const std::vector<double> placed = spread_apart(wanted, label_gap, bounds);
  std::string out = "<g class=\"ends\">\n";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    out += fmt::format("<g class=\"{}\">\n", style_classes(labels[i].style));
    out += fmt::format("<path class=\"leader\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n",
                       labels[i].x + 5, labels[i].y, edge + 12, placed[i]);
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n</g>\n", edge + 15,
                       placed[i] + 4, escaped(labels[i].text).text);
  }
  return out + "</g>\n";
}

}  // namespace scanyard::web
