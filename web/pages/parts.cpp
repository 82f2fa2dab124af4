#include "web/pages/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/tables/headings.hpp"
#include "common/text.hpp"

namespace scanyard::web {
namespace {

/// The six states in the order in which bars and lists show them.
std::array<std::pair<std::string_view, std::uint64_t>, 6> states_of(const StateCounts& counts) {
  return {{{"finished", counts.finished},
           {"diverged", counts.diverged},
           {"failed", counts.failed},
           {"cancelled", counts.cancelled},
           {"running", counts.running},
           {"queued", counts.queued}}};
}

std::string_view chip_class(std::string_view state) {
  static constexpr std::pair<std::string_view, std::string_view> classes[] = {
      {"finished", "good"}, {"complete", "good"}, {"connected", "good"}, {"running", "note"},
      {"training", "note"}, {"active", "note"},   {"starting", "note"},  {"diverged", "warn"},
      {"paused", "warn"},   {"draining", "warn"}, {"released", "warn"},  {"failed", "bad"},
      {"lost", "bad"},
  };
  for (const auto& [name, css] : classes) {
    if (name == state) return css;
  }
  return "plain";
}

}  // namespace

Html state_chip(std::string_view state) {
  return Html{
      fmt::format("<span class=\"chip {}\">{}</span>", chip_class(state), escaped(state).text)};
}

Html moment(TimePoint now, TimePoint then) {
  return Html{fmt::format(
      "<time class=\"nowrap\" datetime=\"{}\">{}</time> <span class=\"faint nowrap\">({})</span>",
      utc_machine(then), utc_text(then), age_text(now, then))};
}

Html progress_bar(const StateCounts& counts) {
  const double total = static_cast<double>(counts.total());
  std::string label;
  std::string parts;
  double from = 0;
  for (const auto& [state, count] : states_of(counts)) {
    if (count == 0) continue;
    const double width = 1000 * static_cast<double>(count) / total;
    parts += fmt::format("<rect class=\"{}\" x=\"{:.2f}\" y=\"0\" width=\"{:.2f}\" height=\"10\"/>",
                         state, from, width);
    from += width;
    label += fmt::format("{}{} {}", label.empty() ? "" : ", ", count, state);
  }
  return Html{fmt::format(
      "<svg class=\"progress\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{}\">{}</svg>",
      label.empty() ? "no runs" : label, parts)};
}

Html counts_list(const StateCounts& counts) {
  std::string items;
  for (const auto& [state, count] : states_of(counts)) {
    if (count == 0) continue;
    items += fmt::format("<li><span class=\"key key-{0}\">{1} {0}</span></li>", state,
                         with_thousands(static_cast<long long>(count)));
  }
  return Html{fmt::format("<ul class=\"counts\">{}<li class=\"faint\">of {}</li></ul>", items,
                          counted(counts.total(), "run", "runs"))};
}

Html command_box(std::string_view command) {
  return Html{
      fmt::format("<div class=\"command\"><pre><code>{}</code></pre>"
                  "<button type=\"button\" class=\"copy\">Copy</button></div>",
                  escaped(command).text)};
}

Html facts(const Fields& fields) {
  std::string rows;
  for (const auto& [name, value] : fields) {
    rows +=
        fmt::format("<dt>{}</dt><dd><bdi>{}</bdi></dd>\n", escaped(name).text, escaped(value).text);
  }
  return Html{"<dl class=\"facts\">\n" + rows + "</dl>"};
}

Html link(std::string_view address, std::string_view text) {
  return Html{
      fmt::format("<a href=\"{}\"><bdi>{}</bdi></a>", escaped(address).text, escaped(text).text)};
}

std::string configuration_label(std::string_view label_json) {
  const tables::KeyTexts texts(label_json);
  std::vector<std::string> keys = texts.keys();
  // What learns comes before what is learned, and the model's name before its numbers.
  const auto rank = [](const std::string& key) {
    if (key == "model") return 0;
    if (key == "m") return 1;
    return tables::describes_task(key) ? 3 : 2;
  };
  std::stable_sort(keys.begin(), keys.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  const std::string label = texts.label(keys);
  return keys.empty() && label_json != "{}" ? std::string(label_json) : label;
}

std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural) {
  return with_thousands(static_cast<long long>(count)) + " " +
         std::string(count == 1 ? singular : plural);
}

}  // namespace scanyard::web
