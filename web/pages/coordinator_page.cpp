#include "web/pages/coordinator_page.hpp"

#include <fmt/format.h>

#include "common/text.hpp"
#include "web/html/template.hpp"
#include "web/pages/parts.hpp"

namespace scanyard::web {

Page coordinator_page(const ServerStatus& status) {
  Node::List counters;
  for (const auto& counter : status.counters) {
    counters.push_back(
        Node::Object{{"name", counter.name},
                     {"value", with_thousands(static_cast<long long>(counter.value))},
                     {"doc", counter.doc}});
  }
  const Fields about = {
      {"workers connect to", status.endpoint.empty() ? "nothing yet" : status.endpoint},
      {"database", status.database_path},
      {"build", status.build},
      {"epoch", fmt::format("{} (rises by one at every start)", status.epoch.value)},
      {"started",
       fmt::format("{} ({})", utc_text(status.started), age_text(status.now, status.started))},
      {"time of this page", utc_text(status.now)}};
  const bool any = !counters.empty();
  const Html content =
      render("coordinator.html",
             {{"facts", facts(about)}, {"any", any}, {"counters", std::move(counters)}});
  return {"Coordinator", Section::coordinator, content};
}

}  // namespace scanyard::web
