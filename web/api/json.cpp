#include "web/api/json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/text.hpp"
#include "web/format.hpp"

namespace scanyard::web {
namespace {

using Json = nlohmann::ordered_json;

/// Two spaces of indent; bytes that are no UTF-8 (a log tail may hold any) become U+FFFD.
std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json time_or_null(const std::optional<TimePoint>& time) {
  return time ? Json(utc_machine(*time)) : Json(nullptr);
}

/// A JSON text as a value; text that is no JSON stays a string.
Json parsed(const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? Json(text) : json;
}

Json counts_of(const StateCounts& counts) {
  return {{"total", counts.total()},      {"queued", counts.queued},
          {"running", counts.running},    {"finished", counts.finished},
          {"diverged", counts.diverged},  {"failed", counts.failed},
          {"cancelled", counts.cancelled}};
}

Json summary_of(const SweepSummary& sweep) {
  return {{"id", sweep.id.value},
          {"name", sweep.name},
          {"description", sweep.description},
          {"state", sweep.state},
          {"priority", sweep.priority},
          {"source", sweep.source_name},
          {"submitted_by", sweep.submitted_by},
          {"submitted", utc_machine(sweep.submitted)},
          {"last_result", time_or_null(sweep.last_result)},
          {"runs", counts_of(sweep.counts)},
          {"cells", sweep.cells}};
}

Json point_of(const EpochPoint& point) {
  return {{"epoch", point.epoch},
          {"step", point.step},
          {"train_loss", point.train_loss},
          {"test_accuracy", point.test_accuracy},
          {"test_micro_accuracy", point.test_micro_accuracy},
          {"test_perplexity", point.test_perplexity}};
}

Json point_or_null(const std::optional<EpochPoint>& point) {
  return point ? point_of(*point) : Json(nullptr);
}

Json points_of(const std::vector<EpochPoint>& points) {
  Json list = Json::array();
  for (const auto& point : points)
    list.push_back(point_of(point));
  return list;
}

Json outcome_of(const RunOutcome& outcome) {
  return {{"diverged", outcome.diverged},
          {"solved", outcome.solved},
          {"epochs_done", outcome.epochs_done},
          {"steps_done", outcome.steps_done},
          {"at_lowest_perplexity", point_or_null(outcome.at_lowest_perplexity)},
          {"at_best_accuracy", point_or_null(outcome.at_best_accuracy)},
          {"at_last", point_or_null(outcome.at_last)},
          {"train_s", outcome.train_s},
          {"pack_size", outcome.pack_size},
          {"device", outcome.device},
          {"build", outcome.build}};
}

Json attempt_of(const AttemptSummary& attempt) {
  return {{"token", attempt.token.to_string()},
          {"worker", attempt.worker},
          {"slot", attempt.slot},
          {"end", attempt.end},
          {"reason", attempt.reason},
          {"message", attempt.message},
          {"log_tail", attempt.log_tail},
          {"started", utc_machine(attempt.started)},
          {"ended", time_or_null(attempt.ended)}};
}

Json slot_of(const SlotStatus& slot) {
  return {{"slot", slot.info.slot.value},
          {"state", slot.state},
          {"device", slot.info.device},
          {"device_name", slot.info.device_name},
          {"threads", slot.info.threads},
          {"memory_bytes", slot.info.memory_bytes},
          {"max_replicas", slot.info.max_replicas},
          {"replicas", slot.replicas},
          {"steps_per_s", slot.steps_per_s},
          {"trains", slot.shape_label}};
}

const char* report_text(spec::ReportedEpoch report) {
  switch (report) {
    case spec::ReportedEpoch::lowest_test_perplexity:
      return "lowest_test_perplexity";
    case spec::ReportedEpoch::last:
      return "last";
    case spec::ReportedEpoch::best_accuracy:
      return "best_accuracy";
  }
  return "";
}

const char* metric_name(spec::Metric metric) {
  switch (metric) {
    case spec::Metric::accuracy:
      return "accuracy";
    case spec::Metric::micro_accuracy:
      return "micro_accuracy";
    case spec::Metric::perplexity:
      return "perplexity";
  }
  return "";
}

Json selection_of(const spec::Selection& selection) {
  return {{"name", selection.name},
          {"report", report_text(selection.report)},
          {"metric", metric_name(selection.metric)},
          {"maximise", selection.maximise},
          {"average", selection.average},
          {"decimals", selection.decimals}};
}

Json cell_of(const CellSummary& cell) {
  return {{"id", cell.id.value},
          {"keys", parsed(cell.json)},
          {"label", parsed(cell.label)},
          {"state_size", cell.state > 0 ? Json(cell.state) : Json(nullptr)},
          {"runs", counts_of(cell.counts)},
          {"solved", cell.solved},
          {"value", or_null(cell.value)},
          {"mean", or_null(cell.mean)},
          {"standard_deviation", or_null(cell.standard_deviation)},
          {"minimum", or_null(cell.minimum)},
          {"median", or_null(cell.median)},
          {"maximum", or_null(cell.maximum)},
          {"expected_best_of_5", or_null(cell.expected_best_of_5)},
          {"best_run", cell.best_run ? Json(cell.best_run->hex()) : Json(nullptr)},
          {"best_axes", cell.best_run ? parsed(cell.best_axes_json) : Json(nullptr)},
          {"published", or_null(cell.published)}};
}

}  // namespace

std::string sweeps_json(const std::vector<SweepSummary>& sweeps) {
  Json list = Json::array();
  for (const auto& sweep : sweeps)
    list.push_back(summary_of(sweep));
  return text_of({{"sweeps", std::move(list)}});
}

std::string sweep_json(const SweepDetail& sweep) {
  Json json = summary_of(sweep.summary);
  json["selection"] = selection_of(sweep.selection);
  json["table"] = {{"rows", sweep.layout.rows}, {"columns", sweep.layout.columns}};
  json["spec"] = sweep.spec_text;
  return text_of(json);
}

std::string plots_json(const std::vector<tables::StatePlot>& plots) {
  Json list = Json::array();
  for (const auto& plot : plots) {
    Json series = Json::array();
    for (const auto& line : plot.series) {
      Json points = Json::array();
      for (const auto& point : line.points) {
        points.push_back({{"state_size", point.state},
                          {"value", point.value},
                          {"cell", point.cell.value},
                          {"results", point.n},
                          {"solved", point.solved}});
      }
      series.push_back({{"label", line.label}, {"points", std::move(points)}});
    }
    list.push_back({{"title", plot.title},
                    {"metric", plot.metric},
                    {"lower_is_better", plot.lower_is_better},
                    {"series", std::move(series)}});
  }
  return text_of({{"plots", std::move(list)}});
}

std::string cell_json(const CellSummary& cell, const std::vector<CellRun>& runs) {
  Json json = cell_of(cell);
  Json list = Json::array();
  for (const auto& run : runs) {
    list.push_back({{"run", run.run.hex()},
                    {"state", to_text(run.state)},
                    {"axes", parsed(run.axes_json)},
                    {"value", or_null(run.value)},
                    {"epoch", run.value ? Json(run.epoch) : Json(nullptr)},
                    {"solved", run.solved}});
  }
  json["members"] = std::move(list);
  return text_of(json);
}

std::string run_json(const RunDetail& run) {
  Json attempts = Json::array();
  for (const auto& attempt : run.attempts)
    attempts.push_back(attempt_of(attempt));
  Json memberships = Json::array();
  for (const auto& membership : run.memberships) {
    memberships.push_back({{"sweep", membership.sweep.value},
                           {"sweep_name", membership.sweep_name},
                           {"cell", membership.cell.value}});
  }
  return text_of({{"id", run.id.hex()},
                  {"state", to_text(run.state)},
                  {"shape", parsed(run.shape_json)},
                  {"replica", parsed(run.replica_json)},
                  {"outcome", run.outcome ? outcome_of(*run.outcome) : Json(nullptr)},
                  {"error", run.error},
                  {"attempts", std::move(attempts)},
                  {"curve", points_of(run.curve)},
                  {"sweeps", std::move(memberships)}});
}

std::string workers_json(const std::vector<WorkerStatus>& workers) {
  Json list = Json::array();
  for (const auto& worker : workers) {
    Json slots = Json::array();
    for (const auto& slot : worker.slots)
      slots.push_back(slot_of(slot));
    list.push_back({{"name", worker.info.name},
                    {"host", worker.info.host},
                    {"build", worker.info.build},
                    {"state", worker.state},
                    {"first_seen", utc_machine(worker.first_seen)},
                    {"last_seen", utc_machine(worker.last_seen)},
                    {"attempts_finished", worker.finished},
                    {"attempts_failed", worker.failed},
                    {"outbox_records", worker.outbox_records},
                    {"slots", std::move(slots)}});
  }
  return text_of({{"workers", std::move(list)}});
}

std::string coordinator_json(const ServerStatus& status) {
  Json counters = Json::array();
  for (const auto& counter : status.counters) {
    counters.push_back({{"name", counter.name}, {"value", counter.value}, {"doc", counter.doc}});
  }
  return text_of({{"build", status.build},
                  {"epoch", status.epoch.value},
                  {"started", utc_machine(status.started)},
                  {"now", utc_machine(status.now)},
                  {"database", status.database_path},
                  {"endpoint", status.endpoint},
                  {"counters", std::move(counters)}});
}

std::string error_json(const std::string& code, const std::string& message) {
  return text_of({{"error", {{"code", code}, {"message", message}}}});
}

std::string index_json() {
  return text_of(
      {{"addresses",
        {{"/api/sweeps", "all sweeps, the newest first"},
         {"/api/sweeps/SWEEP", "one sweep with its selection and spec"},
         {"/api/sweeps/SWEEP/table", "its best-of-seeds table; /sweeps/SWEEP/table.csv as CSV"},
         {"/api/sweeps/SWEEP/plots", "its values over state size"},
         {"/api/sweeps/SWEEP/cells/CELL", "one cell with all its runs"},
         {"/api/runs/RUN", "one run by its id; /runs/RUN/curve.csv for the curve alone"},
         {"/api/workers", "workers and their slots"},
         {"/api/coordinator", "the coordinator and its counters"}}}});
}

std::string curve_csv(const std::vector<EpochPoint>& curve) {
  std::string csv = "epoch,step,train_loss,test_accuracy,test_micro_accuracy,test_perplexity\r\n";
  for (const auto& point : curve) {
    csv += fmt::format("{},{},{},{},{},{}\r\n", point.epoch, point.step,
                       canonical_number(point.train_loss), canonical_number(point.test_accuracy),
                       canonical_number(point.test_micro_accuracy),
                       canonical_number(point.test_perplexity));
  }
  return csv;
}

}  // namespace scanyard::web
