#include "web/pages/coordinator_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "common/text.hpp"
#include "web/html/template.hpp"
#include "web/pages/parts.hpp"

namespace scanyard::web {
namespace {

/// Counters that rise while everything is well. One that is not listed, a new one too, counts as
/// worth a look.
bool is_ordinary(std::string_view name) {
  static constexpr std::string_view names[] = {
      "core.attempts_adopted", "core.packs_granted", "core.results_accepted",
      "core.runs_granted",     "net.accepted",       "net.admitted",
      "net.handshakes",        "net.received",       "net.sent",
      "service.requests"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Node counter_row(const Counter& counter, bool ordinary) {
  const std::string value = with_thousands(static_cast<long long>(counter.value));
  const bool stands_out = !ordinary && counter.value > 0;
  return Node::Object{
      {"name", counter.name},
      {"value", stands_out ? Html{"<span class=\"chip warn\">" + value + "</span>"} : Html{value}},
      {"doc", counter.doc}};
}

}  // namespace

Page coordinator_page(const ServerStatus& status) {
  Node::List unusual, ordinary;
  for (const auto& counter : status.counters) {
    const bool is = is_ordinary(counter.name);
    (is ? ordinary : unusual).push_back(counter_row(counter, is));
  }
  const Fields about = {
      {"workers connect to", status.endpoint.empty() ? "nothing yet" : status.endpoint},
      {"database", status.database_path},
      {"build", status.build},
      {"epoch", fmt::format("{} (rises by one at every start)", status.epoch.value)},
      {"started",
       fmt::format("{} ({})", utc_text(status.started), age_text(status.now, status.started))},
      {"time of this page", utc_text(status.now)}};
  const bool any = !status.counters.empty();
  const Html content = render("coordinator.html", {{"facts", facts(about)},
                                                   {"any", any},
                                                   {"unusual", std::move(unusual)},
                                                   {"ordinary", std::move(ordinary)}});
  return {"Coordinator", Section::coordinator, content};
}

}  // namespace scanyard::web
