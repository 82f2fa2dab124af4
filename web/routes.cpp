#include "web/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/tables/render.hpp"
#include "common/tables/results_table.hpp"
#include "common/tables/state_plot.hpp"
#include "web/api/json.hpp"
#include "web/load.hpp"
#include "web/pages/coordinator_page.hpp"
#include "web/pages/error_page.hpp"
#include "web/pages/state_plot_html.hpp"
#include "web/responses.hpp"

namespace scanyard::web {
namespace {

using Answer = Result<Response>;

/// One request on its way to a page.
struct Call {
  ReadModel& model;
  const Target& target;
  /// Read before anything else, so that what changes meanwhile counts as new for this page.
  std::uint64_t change_number;

  const std::string& segment(std::size_t i) const { return target.segments[i]; }

  /// An index among the parameters; what is missing or no number is the first.
  std::size_t index(std::string_view name) const {
    const std::string text = target.parameter(name).value_or("");
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  Answer page(const Result<Page>& page) const {
    if (!page) return tl::unexpected(page.error());
    PageAnswer as;
    as.fragment = target.parameter("fragment").has_value();
    as.change_number = change_number;
    return page_response(*page, as);
  }
};

/// A whole number above 0 without sign or zeros in front, as in the site's own links.
std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1 || text[0] == '0')
    return std::nullopt;
  return value;
}

Error not_found(const std::string& what) {
  return Error(ErrorCode{"store.not_found"}, "There is no " + what + ".");
}

template <class T, class Make>
Answer as_json(const Result<T>& loaded, Make make) {
  if (!loaded) return tl::unexpected(loaded.error());
  return json_response(200, make(*loaded));
}

Answer spec_file(const Call& call, SweepId id) {
  const auto sweep = call.model.sweep(id);
  if (!sweep) return tl::unexpected(sweep.error());
  return file_response("text/plain; charset=utf-8", sweep->spec_text,
                       fmt::format("sweep-{}.yaml", id.value));
}

Answer table_csv(const Call& call, SweepId id) {
  const auto loaded = load_sweep(call.model, id);
  if (!loaded) return tl::unexpected(loaded.error());
  return file_response("text/csv; charset=utf-8", tables::render_csv(loaded->table()),
                       fmt::format("sweep-{}.csv", id.value));
}

Answer plot_file(const Call& call, SweepId id, const std::string& name) {
  const auto loaded = load_sweep(call.model, id);
  if (!loaded) return tl::unexpected(loaded.error());
  const auto plots = loaded->plots();
  const auto number =
      name.ends_with(".svg") ? number_of(name.substr(0, name.size() - 4)) : std::nullopt;
  if (!number || static_cast<std::size_t>(*number) > plots.size())
    return tl::unexpected(not_found("such plot in this sweep"));
  const auto index = static_cast<std::size_t>(*number - 1);
  // Saved, never shown by the browser: its style stands inside, which the policy forbids.
  return file_response("image/svg+xml", svg_file(state_plot_drawing(plots[index], index)),
                       fmt::format("sweep-{}-plot-{}.svg", id.value, *number));
}

std::optional<Answer> sweep_address(const Call& call) {
  const auto& segments = call.target.segments;
  const auto number = number_of(segments[1]);
  if (!number) return tl::unexpected(not_found("sweep " + segments[1]));
  const SweepId id{*number};
  if (segments.size() == 2) {
    return call.page(load_sweep_page(call.model, id, {call.index("row"), call.index("column")},
                                     call.index("plot")));
  }
  if (segments.size() == 3 && segments[2] == "table.csv") return table_csv(call, id);
  if (segments.size() == 3 && segments[2] == "spec.yaml") return spec_file(call, id);
  if (segments.size() == 4 && segments[2] == "plots") return plot_file(call, id, segments[3]);
  if (segments.size() == 4 && segments[2] == "cells") {
    const auto cell = number_of(segments[3]);
    if (!cell) return tl::unexpected(not_found("cell " + segments[3]));
    return call.page(load_cell_page(call.model, id, CellId{*cell}));
  }
  return std::nullopt;
}

/// A run by its whole id; a shorter start of one leads to the whole address.
std::optional<Answer> run_address(const Call& call) {
  const auto& segments = call.target.segments;
  const auto id = RunId::parse(segments[1]);
  if (!id) {
    if (segments.size() != 2) return std::nullopt;
    const auto found = call.model.find_run(segments[1]);
    if (!found) return tl::unexpected(found.error());
    return redirect_response("/runs/" + found->hex());
  }
  if (segments.size() == 2) return call.page(load_run_page(call.model, *id));
  if (segments.size() == 3 && segments[2] == "curve.csv") {
    const auto run = call.model.run(*id);
    if (!run) return tl::unexpected(run.error());
    return file_response("text/csv; charset=utf-8", curve_csv(run->curve),
                         fmt::format("run-{}-curve.csv", id->short_hex()));
  }
  return std::nullopt;
}

/// /find?run=PREFIX, from the form on every page.
Answer find_address(const Call& call) {
  std::string prefix = call.target.parameter("run").value_or("");
  std::erase_if(prefix, [](char c) { return c == ' ' || c == '\t'; });
  const auto found = call.model.find_run(prefix);
  if (!found) return tl::unexpected(found.error());
  return redirect_response("/runs/" + found->hex());
}

std::optional<Answer> api_sweep_address(const Call& call) {
  const auto& segments = call.target.segments;
  const auto number = number_of(segments[2]);
  if (!number) return tl::unexpected(not_found("sweep " + segments[2]));
  const SweepId id{*number};
  if (segments.size() == 3) return as_json(call.model.sweep(id), sweep_json);
  const auto loaded = load_sweep(call.model, id);
  if (!loaded) return tl::unexpected(loaded.error());
  if (segments.size() == 4 && segments[3] == "table")
    return json_response(200, tables::render_json(loaded->table()));
  if (segments.size() == 4 && segments[3] == "plots")
    return json_response(200, plots_json(loaded->plots()));
  if (segments.size() == 5 && segments[3] == "cells") {
    const auto cell_number = number_of(segments[4]).value_or(0);
    const CellSummary* cell = loaded->find(CellId{cell_number});
    if (!cell) return tl::unexpected(not_found("cell " + segments[4] + " in this sweep"));
    return as_json(call.model.cell_runs(id, cell->id),
                   [&](const auto& runs) { return cell_json(*cell, runs); });
  }
  return std::nullopt;
}

std::optional<Answer> api_address(const Call& call) {
  const auto& segments = call.target.segments;
  if (segments.size() == 1) return json_response(200, index_json());
  const std::string& what = segments[1];
  if (segments.size() == 2 && what == "sweeps") return as_json(call.model.sweeps(), sweeps_json);
  if (segments.size() == 2 && what == "workers") return as_json(call.model.workers(), workers_json);
  if (segments.size() == 2 && what == "coordinator")
    return as_json(call.model.server(), coordinator_json);
  if (segments.size() >= 3 && what == "sweeps") return api_sweep_address(call);
  if (segments.size() == 3 && what == "runs") {
    const auto id = call.model.find_run(segments[2]);
    if (!id) return tl::unexpected(id.error());
    return as_json(call.model.run(*id), run_json);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Result<Response>> answer(ReadModel& model, const Target& target) {
  const Call call{model, target, model.change_number()};
  const auto& segments = target.segments;
  if (segments.empty()) return call.page(load_sweeps_page(model));
  if (segments[0] == "api") return api_address(call);
  if (segments[0] == "sweeps" && segments.size() >= 2) return sweep_address(call);
  if (segments[0] == "runs" && segments.size() >= 2) return run_address(call);
  if (segments.size() != 1) return std::nullopt;
  if (segments[0] == "sweeps") return redirect_response("/");
  if (segments[0] == "find") return find_address(call);
  if (segments[0] == "workers") return call.page(load_workers_page(model));
  if (segments[0] == "coordinator") return call.page(load_coordinator_page(model));
  return std::nullopt;
}

bool wants_json(const Target& target) {
  return !target.segments.empty() && target.segments[0] == "api";
}

Response error_response(const Target& target, const Error& error, std::uint64_t change_number) {
  const ErrorView view = view_of(error);
  if (wants_json(target)) {
    return json_response(view.status,
                         error_json(std::string(error.code().text), error.to_string()));
  }
  PageAnswer as;
  as.status = view.status;
  as.fragment = target.parameter("fragment").has_value();
  as.change_number = change_number;
  return page_response(error_page(view), as);
}

}  // namespace scanyard::web
