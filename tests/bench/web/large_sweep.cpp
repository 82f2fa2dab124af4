#include "tests/bench/web/large_sweep.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "common/hash.hpp"
#include "coordinator/store/database_read_model.hpp"
#include "coordinator/store/writer.hpp"
#include "tests/bench/store/synthetic.hpp"
#include "web/server.hpp"

namespace scanyard::web {
namespace {

namespace fs = std::filesystem;

constexpr const char* groups[] = {"S3", "S4", "S5"};
constexpr int models = 12, tasks = 5, hidden_sizes = 8;
constexpr int curve_points = 20;
constexpr std::size_t batch = 4096;
/// One run of so many is left open at first. No divisor of a cell's runs, so that neighbours among
/// the open ones belong to different cells.
constexpr std::size_t open_every = 421;

/// Ends the program: a benchmark that goes on after an error would print nonsense.
template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bench_web: {}\n", result.error().to_string());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// One cell with `seeds` runs at each of its hidden sizes.
void add_cell(spec::Expansion& expansion, int model, int task, std::size_t seeds) {
  const auto cell = static_cast<std::uint32_t>(expansion.cells.size());
  const std::string keys = fmt::format(R"({{"group":"{}","m":{},"model":"bdlru","train":{}}})",
                                       groups[task % 3], model + 1, 1000 * (task + 1));
  expansion.cells.push_back({.json = keys, .label = keys});
  for (int h = 0; h < hidden_sizes; ++h) {
    const int hidden = 16 << h;
    const auto shape = static_cast<std::uint32_t>(expansion.shapes.size());
    const std::string json =
        fmt::format(R"({{"group":"{}","hidden":{},"m":{},"model":"bdlru","train":{}}})",
                    groups[task % 3], hidden, model + 1, 1000 * (task + 1));
    expansion.shapes.push_back({.json = json,
                                .cost = {1e9, 3140, 1e9, 5e7},
                                .state = static_cast<double>(hidden * (model + 1))});
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      spec::ExpandedRun run;
      run.shape = shape;
      run.replica_json = fmt::format(R"({{"lr":0.001,"seed":{}}})", seed);
      run.id = Hasher().update(json).update("\n").update(run.replica_json).finish();
      expansion.memberships.push_back({cell, static_cast<std::uint32_t>(expansion.runs.size())});
      expansion.runs.push_back(std::move(run));
    }
  }
}

SubmitSweep large_sweep(std::size_t results) {
  auto expansion = std::make_shared<spec::Expansion>();
  expansion->name = "large";
  expansion->selection.maximise = {"hidden", "lr", "seed"};
  expansion->layout = {.rows = {"model", "m"}, .columns = {"group", "train"}};
  const std::size_t runs_per_seed = models * tasks * hidden_sizes;
  const std::size_t seeds = std::max<std::size_t>(1, results / runs_per_seed);
  for (int model = 0; model < models; ++model) {
    for (int task = 0; task < tasks; ++task)
      add_cell(*expansion, model, task, seeds);
  }
  return {.expansion = std::move(expansion), .spec_text = "name: large\n", .at = TimePoint{1}};
}

}  // namespace

struct LargeSweep::Parts {
  fs::path folder;
  std::unique_ptr<store::Writer> writer;
  std::unique_ptr<store::DatabaseReadModel> model;
  std::unique_ptr<Server> server;
  std::vector<RunId> open;
  std::int64_t results = 0;
};

LargeSweep::LargeSweep(std::size_t results) : parts_(std::make_unique<Parts>()) {
  std::string name = (fs::temp_directory_path() / "bench-web-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::exit(1);
  parts_->folder = name;
  const fs::path path = parts_->folder / "scanyard.db";
  parts_->writer = must(store::Writer::open({.path = path}, TimePoint{1}));
  const SubmitSweep sweep = large_sweep(results);
  fmt::print(stderr, "bench_web: writing {} results\n", sweep.expansion->runs.size());
  must(parts_->writer->submit(sweep));
  std::vector<StoreWrite> writes;
  const auto& runs = sweep.expansion->runs;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i % open_every == open_every - 1) {
      parts_->open.push_back(runs[i].id);
    } else {
      writes.emplace_back(store::synthetic_result(runs[i].id, ++parts_->results, curve_points));
    }
    if (writes.size() < batch && i + 1 < runs.size()) continue;
    must(parts_->writer->apply(writes));
    writes.clear();
  }
  refresh();
  // As beside a coordinator, where a page computes outdated cells only up to a limit.
  parts_->model = must(store::DatabaseReadModel::open(
      {.path = path, .live = [live = std::make_shared<const LiveStatus>()] { return live; }}));
  ServerOptions options;
  options.port = 0;
  options.token = random_token();
  parts_->server = must(Server::start(*parts_->model, options));
}

LargeSweep::~LargeSweep() {
  parts_->server.reset();
  parts_->model.reset();
  parts_->writer.reset();
  std::error_code ignored;
  fs::remove_all(parts_->folder, ignored);
}

void LargeSweep::refresh() {
  while (must(parts_->writer->refresh()) > 0) {
  }
}

bool LargeSweep::finish_one() {
  if (parts_->open.empty()) return false;
  const std::vector<StoreWrite> writes = {
      store::synthetic_result(parts_->open.back(), ++parts_->results, curve_points)};
  parts_->open.pop_back();
  must(parts_->writer->apply(writes));
  return true;
}

std::string LargeSweep::address_with_token() const {
  return parts_->server->address_with_token();
}

}  // namespace scanyard::web
