#include "web/pages/sweeps_page.hpp"

#include <fmt/format.h>

#include "common/text.hpp"
#include "web/commands.hpp"
#include "web/html/template.hpp"
#include "web/pages/parts.hpp"

namespace scanyard::web {
namespace {

/// What is not plainly done: "3 diverged, 2 failed, 40 queued". A line never ends between a number
/// and its word.
Html rest_html(const StateCounts& counts) {
  std::string text;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count == 0) return;
    text += fmt::format("{}<span class=\"nowrap\">{} {}</span>", text.empty() ? "" : ", ",
                        with_thousands(static_cast<long long>(count)), what);
  };
  add(counts.failed, "failed");
  add(counts.diverged, "diverged");
  add(counts.cancelled, "cancelled");
  add(counts.running, "running");
  add(counts.queued, "queued");
  return Html{text};
}

Node sweep_row(const SweepSummary& sweep, TimePoint now) {
  const StateCounts& counts = sweep.counts;
  return Node::Object{
      {"id", std::to_string(sweep.id.value)},
      {"name", sweep.name},
      {"described", !sweep.description.empty()},
      {"description", sweep.description},
      {"state", state_chip(sweep.state)},
      {"progress", progress_bar(counts)},
      {"done", fmt::format("{} of {} done", with_thousands(static_cast<long long>(counts.done())),
                           with_thousands(static_cast<long long>(counts.total())))},
      {"rest", rest_html(counts)},
      {"cells", with_thousands(static_cast<long long>(sweep.cells))},
      {"submitted", moment(now, sweep.submitted)},
      {"submitted_by", sweep.submitted_by},
      {"last_result", sweep.last_result ? moment(now, *sweep.last_result)
                                        : Html{"<span class=\"faint\">none yet</span>"}},
  };
}

}  // namespace

Page sweeps_page(const SweepsView& view) {
  std::uint64_t queued = 0;
  Node::List rows;
  for (const auto& sweep : view.sweeps) {
    if (sweep.state == "active") queued += sweep.counts.queued;
    rows.push_back(sweep_row(sweep, view.now));
  }
  const bool waiting = queued > 0 && view.workers_connected == 0;
  const Html content = render(
      "sweeps.html",
      {{"waiting", waiting},
       {"waiting_text", counted(queued, "run waits", "runs wait") + " and no worker is connected."},
       {"worker_command", command_box(worker_command(view.worker_join))},
       {"none", view.sweeps.empty()},
       {"plan_command", command_box(plan_command())},
       {"submit_command", command_box(submit_command())},
       {"any", !view.sweeps.empty()},
       {"sweeps", std::move(rows)}});
  return {"Sweeps", Section::sweeps, content};
}

}  // namespace scanyard::web
