#include "tests/common/tables/builders.hpp"

#include <utility>

namespace scanyard::tables {

SweepDetail make_sweep(int decimals) {
  SweepDetail sweep;
  sweep.summary.id = SweepId{7};
  sweep.summary.name = "demo";
  sweep.summary.state = "active";
  sweep.summary.counts.finished = 12;
  sweep.summary.counts.queued = 3;
  sweep.selection.maximise = {"lr", "seed"};
  sweep.selection.decimals = decimals;
  sweep.selection.name = "paper";
  return sweep;
}

CellSummary make_cell(std::int64_t id, std::string json, std::string label,
                      std::optional<double> value, std::uint64_t finished) {
  CellSummary cell;
  cell.id = CellId{id};
  cell.json = std::move(json);
  cell.label = std::move(label);
  cell.counts.finished = finished;
  cell.value = value;
  cell.mean = value;
  return cell;
}

RunId make_run(std::uint8_t number) {
  RunId run;
  run.bytes.back() = number;
  return run;
}

std::vector<CellSummary> make_cells() {
  const auto json = [](const char* model, int m, int group) {
    return std::string(R"({"group":)") + std::to_string(group) + R"(,"m":)" + std::to_string(m) +
           R"(,"model":")" + model + R"(","task":"permutation"})";
  };
  const auto label = [](const char* model, int m, int group) {
    return std::string(R"({"group":)") + std::to_string(group) + R"(,"m":)" + std::to_string(m) +
           R"(,"model":")" + model + "\"}";
  };
  std::vector<CellSummary> cells = {
      make_cell(1, json("bdlru", 1, 3), label("bdlru", 1, 3), 0.5625),
      make_cell(2, json("bdlru", 1, 4), label("bdlru", 1, 4), std::nullopt, 0),
      make_cell(3, json("bdlru", 2, 3), label("bdlru", 2, 3), 0.9994),
      make_cell(4, json("bdlru", 2, 4), label("bdlru", 2, 4), std::nullopt, 0)};
  cells[0].published = 0.56;
  cells[0].standard_deviation = 0.0414;
  cells[0].best_axes_json = R"({"lr":0.001,"seed":2})";
  cells[0].best_run = make_run(9);
  cells[1].counts.diverged = 3;
  cells[2].solved = 2;
  cells[2].counts.failed = 1;
  cells[3].counts.queued = 3;
  return cells;
}

}  // namespace scanyard::tables
