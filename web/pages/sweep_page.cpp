#include "web/pages/sweep_page.hpp"

#include <fmt/format.h>

#include "web/commands.hpp"
#include "web/html/template.hpp"
#include "web/pages/parts.hpp"
#include "web/pages/results_table_html.hpp"
#include "web/pages/state_plot_html.hpp"

namespace scanyard::web {
namespace {

Html table_or_reason(const tables::ResultsTable& table) {
  if (table.cells.empty()) {
    return Html{"<p class=\"faint\">This sweep has no cells.</p>"};
  }
  return results_table_html(table);
}

}  // namespace

Page sweep_page(const SweepView& view) {
  const SweepSummary& sweep = view.detail.summary;
  const StateCounts& counts = sweep.counts;
  const bool waiting = sweep.state == "active" && counts.queued > 0 && view.workers_connected == 0;
  const Html content = render(
      "sweep.html",
      {{"id", std::to_string(sweep.id.value)},
       {"name", sweep.name},
       {"state", state_chip(sweep.state)},
       {"described", !sweep.description.empty()},
       {"description", sweep.description},
       {"submitted", moment(view.now, sweep.submitted)},
       {"submitted_by", sweep.submitted_by},
       {"source_name", sweep.source_name},
       {"last_result", sweep.last_result ? moment(view.now, *sweep.last_result) : Html{"none yet"}},
       {"progress", progress_bar(counts)},
       {"counts", counts_list(counts)},
       {"waiting", waiting},
       {"waiting_text",
        counted(counts.queued, "run waits", "runs wait") + " and no worker is connected."},
       {"worker_command", command_box(worker_command(view.endpoint))},
       {"failing", counts.failed > 0},
       {"failing_text", counted(counts.failed, "run has failed.", "runs have failed.")},
       {"retry_command", command_box(retry_sweep_command(sweep.id))},
       {"table", table_or_reason(view.table)},
       {"selection", selection_note_html(view.table)},
       {"plots", state_plots_html(sweep.id, view.plots)},
       {"spec", view.detail.spec_text}});
  return {sweep.name, Section::sweeps, content};
}

}  // namespace scanyard::web
