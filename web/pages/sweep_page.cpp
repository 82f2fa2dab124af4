#include "web/pages/sweep_page.hpp"

#include <fmt/format.h>

#include "web/commands.hpp"
#include "web/html/template.hpp"
#include "web/pages/paging.hpp"
#include "web/pages/parts.hpp"
#include "web/pages/results_table_html.hpp"
#include "web/pages/state_plot_html.hpp"

namespace scanyard::web {
namespace {

Html table_or_reason(const SweepView& view) {
  const tables::ResultsTable& table = view.table;
  if (table.cells.empty()) return Html{"<p class=\"faint\">This sweep has no cells.</p>"};
  const Part rows = part_at(view.window.row, table.rows.size(), TableWindow::rows_max);
  const Part columns = part_at(view.window.column, table.columns.size(), TableWindow::columns_max);
  const auto address = [&](std::size_t row, std::size_t column) {
    return fmt::format("/sweeps/{}?row={}&column={}&plot={}", table.sweep.value, row, column,
                       view.plot);
  };
  const Html row_links =
      part_links("Rows", rows, [&](std::size_t first) { return address(first, columns.first); });
  const Html column_links =
      part_links("Columns", columns, [&](std::size_t first) { return address(rows.first, first); });
  return Html{results_table_html(table, view.window).text + row_links.text + column_links.text};
}

Html plots_part(const SweepView& view) {
  const Part part = part_at(view.plot, view.plots.size(), plots_shown_max);
  const Html links = part_links("Plots", part, [&](std::size_t first) {
    return fmt::format("/sweeps/{}?row={}&column={}&plot={}", view.table.sweep.value,
                       view.window.row, view.window.column, first);
  });
  return Html{state_plots_html(view.table.sweep, view.plots, part).text + links.text};
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
       {"worker_command", command_box(worker_command(view.worker_join))},
       {"failing", counts.failed > 0},
       {"failing_text", counted(counts.failed, "run has failed.", "runs have failed.")},
       {"retry_command", command_box(retry_sweep_command(sweep.id))},
       {"table", table_or_reason(view)},
       {"selection", selection_note_html(view.table)},
       {"plots", plots_part(view)},
       {"spec", view.detail.spec_text}});
  return {sweep.name, Section::sweeps, content};
}

}  // namespace scanyard::web
