#include "coordinator/store/submission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/tables/results_table.hpp"
#include "coordinator/store/errc.hpp"
#include "coordinator/store/selection_text.hpp"

namespace scanyard::store {
namespace {

/// A wrong index would store nonsense; each is a mistake of the program that expanded the spec.
Result<void> check(const spec::Expansion& expansion) {
  if (expansion.runs.empty()) return fail(errc::bad_submission, "the sweep has no runs");
  for (const auto& run : expansion.runs) {
    if (run.shape >= expansion.shapes.size()) {
      return fail(errc::bad_submission,
                  fmt::format("run {} names shape {} of {}", run.id.short_hex(), run.shape,
                              expansion.shapes.size()));
    }
  }
  std::vector<bool> in_a_cell(expansion.runs.size());
  for (const auto& [cell, run] : expansion.memberships) {
    if (cell >= expansion.cells.size() || run >= expansion.runs.size()) {
      return fail(errc::bad_submission,
                  fmt::format("a membership names cell {} of {} and run {} of {}", cell,
                              expansion.cells.size(), run, expansion.runs.size()));
    }
    in_a_cell[run] = true;
  }
  const auto lost = std::find(in_a_cell.begin(), in_a_cell.end(), false);
  if (lost == in_a_cell.end()) return {};
  const auto index = static_cast<std::size_t>(lost - in_a_cell.begin());
  return fail(errc::bad_submission,
              fmt::format("run {} is in no cell", expansion.runs[index].id.short_hex()));
}

double flops_of_run(const spec::Vocabulary::Cost& cost) {
  return cost.flops_per_step * cost.steps + cost.evaluation_flops;
}

/// Chosen once, so that a page does not look at every cell to know its rows and columns.
spec::TableLayout full_layout(const spec::Expansion& expansion) {
  std::vector<CellSummary> cells(expansion.cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].json = expansion.cells[i].json;
    cells[i].label = expansion.cells[i].label;
  }
  return tables::choose_layout(expansion.layout, cells);
}

void count(StateCounts& counts, StoredState state) {
  switch (state) {
    case StoredState::open:
      ++counts.queued;
      break;
    case StoredState::finished:
      ++counts.finished;
      break;
    case StoredState::diverged:
      ++counts.diverged;
      break;
    case StoredState::failed:
      ++counts.failed;
      break;
    case StoredState::cancelled:
      ++counts.cancelled;
      break;
  }
}

}  // namespace

Submission::Submission(Database& database, RunTable& runs, CellSummaries& summaries,
                       ChangeSet& changes, const SweepIndex& sweeps)
    : database_(database), runs_(runs), summaries_(summaries), changes_(changes), sweeps_(sweeps) {}

std::optional<SubmitOutcome> Submission::find_repeated(const SubmitSweep& request) {
  if (request.request_id.empty()) return std::nullopt;
  Prepared find(database_,
                "SELECT s.id, s.name, s.runs, c.finished + c.diverged, c.open FROM sweep s "
                "JOIN sweep_count c ON c.sweep = s.id WHERE s.request_id = ?");
  if (!find.bind(request.request_id).step()) return std::nullopt;
  SubmitOutcome outcome;
  outcome.sweep = SweepId{find.integer(0)};
  outcome.name = find.text(1);
  outcome.repeated = true;
  outcome.runs = static_cast<std::uint64_t>(find.integer(2));
  outcome.already_done = static_cast<std::uint64_t>(find.integer(3));
  outcome.already_open = static_cast<std::uint64_t>(find.integer(4));
  return outcome;
}

Result<SubmitOutcome> Submission::insert(const SubmitSweep& request) {
  const spec::Expansion& expansion = *request.expansion;
  if (auto sound = check(expansion); !sound) return propagate(sound);
  insert_sweep(request);
  SubmitOutcome outcome;
  outcome.sweep = inserted_.id;
  outcome.name = expansion.name;
  outcome.runs = expansion.runs.size();
  insert_shapes(expansion, outcome);
  if (auto met = insert_runs(expansion, outcome); !met) return propagate(met);
  insert_cells(expansion);
  return outcome;
}

void Submission::insert_sweep(const SubmitSweep& request) {
  const spec::Expansion& expansion = *request.expansion;
  inserted_ = {.id = {},
               .first_cell = query_integer(database_, "SELECT coalesce(max(id), 0) + 1 FROM cell"),
               .cells = static_cast<std::int64_t>(expansion.cells.size()),
               .wanted = true};
  std::optional<std::string_view> request_id;
  if (!request.request_id.empty()) request_id = request.request_id;
  Prepared(database_,
           "INSERT INTO sweep (name, description, state, source_name, submitted_by, submitted_ms, "
           "changed_ms, request_id, spec_text, selection, layout, first_cell, cells, runs) "
           "VALUES (?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(expansion.name, expansion.description, request.source_name, request.submitted_by,
            request.at.ms, request.at.ms, request_id, request.spec_text,
            selection_to_json(expansion.selection), layout_to_json(full_layout(expansion)),
            inserted_.first_cell, inserted_.cells, expansion.runs.size())
      .run();
  inserted_.id = SweepId{database_.last_row()};
}

void Submission::insert_shapes(const spec::Expansion& expansion, SubmitOutcome& outcome) {
  // Costs are estimates: a newer program's replace the older one's.
  Prepared upsert(database_,
                  "INSERT INTO shape (json, state_size, parameters, flops, memory_bytes) "
                  "VALUES (?, ?, ?, ?, ?) ON CONFLICT (json) DO UPDATE SET "
                  "flops = excluded.flops, memory_bytes = excluded.memory_bytes RETURNING id");
  shape_ids_.clear();
  for (const auto& shape : expansion.shapes) {
    const double flops = flops_of_run(shape.cost);
    upsert.bind(shape.json, shape.state, shape.parameters, flops, shape.cost.memory_bytes).step();
    shape_ids_.push_back(upsert.integer(0));
    upsert.reset();
    outcome.shapes.push_back({shape.json, flops, shape.cost.memory_bytes});
  }
}

Result<void> Submission::insert_runs(const spec::Expansion& expansion, SubmitOutcome& outcome) {
  const std::int64_t first_new_key =
      query_integer(database_, "SELECT coalesce(max(key), 0) + 1 FROM run");
  met_.clear();
  met_.reserve(expansion.runs.size());
  outcome.open.reserve(expansion.runs.size());
  for (const auto& run : expansion.runs) {
    if (const auto row = runs_.find(run.id)) {
      if (row->key >= first_new_key) {
        return fail(errc::bad_submission,
                    fmt::format("run {} stands twice in the sweep", run.id.short_hex()));
      }
      take_over(run, *row, outcome);
      continue;
    }
    met_.push_back({runs_.insert(run.id, shape_ids_[run.shape], run.replica_json)});
    ++outcome.new_runs;
    outcome.open.push_back({.id = run.id,
                            .shape = run.shape,
                            .replica_json = run.replica_json,
                            .sweeps = {inserted_.id}});
  }
  return {};
}

void Submission::take_over(const spec::ExpandedRun& run, const RunRow& row,
                           SubmitOutcome& outcome) {
  if (is_done(row.state)) {
    ++outcome.already_done;
    met_.push_back({row.key, row.state});
    return;
  }
  ++outcome.already_open;
  met_.push_back({row.key});
  const auto& cells = runs_.cells_of(row.key);
  std::int32_t failures = row.failures;
  if (row.state != StoredState::open) {
    failures = 0;
    runs_.set_state(row.key, StoredState::open, failures);
    changes_.run_moved(cells, row.state, StoredState::open);
  }
  OpenRun open{
      .id = run.id, .shape = run.shape, .replica_json = run.replica_json, .failures = failures};
  open.sweeps = sweeps_.wanted_sweeps_of(cells);
  open.sweeps.push_back(inserted_.id);
  const LastAttempt last = runs_.last_attempt(row.key);
  open.last_token = last.token;
  open.last_token_ended = last.ended;
  outcome.open.push_back(std::move(open));
}

void Submission::insert_cells(const spec::Expansion& expansion) {
  Prepared insert(database_, "INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  std::int64_t id = inserted_.first_cell;
  for (const auto& cell : expansion.cells) {
    std::optional<std::string_view> model, task, config;
    std::optional<std::int64_t> m;
    if (cell.published) {
      model = cell.published->model;
      task = cell.published->task;
      config = cell.published->config;
      if (cell.published->m) m = *cell.published->m;
    }
    insert.bind(id++, inserted_.id.value, cell.json, cell.label, cell.state, model, m, task, config)
        .run();
  }

  // In the order of the primary key, which appends to the table instead of searching it.
  auto memberships = expansion.memberships;
  std::sort(memberships.begin(), memberships.end(), [&](const auto& a, const auto& b) {
    return std::pair(a.cell, met_[a.run].key) < std::pair(b.cell, met_[b.run].key);
  });
  Prepared join(database_, "INSERT OR IGNORE INTO membership VALUES (?, ?)");
  std::vector<StateCounts> counts(expansion.cells.size());
  for (const auto& [cell, run] : memberships) {
    join.bind(inserted_.first_cell + cell, met_[run].key).run();
    if (database_.changes() > 0) count(counts[cell], met_[run].state);
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::int64_t cell = inserted_.first_cell + static_cast<std::int64_t>(i);
    summaries_.insert(cell, counts[i]);
    if (counts[i].done() > 0) changes_.mark(cell);
  }
  StateCounts all;
  for (const auto& met : met_)
    count(all, met.state);
  Prepared(database_, "INSERT INTO sweep_count VALUES (?, ?, ?, ?, 0, 0, NULL)")
      .bind(inserted_.id.value, all.queued, all.finished, all.diverged)
      .run();
}

}  // namespace scanyard::store
