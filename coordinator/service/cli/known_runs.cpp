#include "coordinator/service/cli/known_runs.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "common/build_info.hpp"
#include "common/spec/plan.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/home.hpp"
#include "coordinator/service/new_home.hpp"
#include "coordinator/store/database_read_model.hpp"

namespace scanyard::service::cli {
namespace {

using Json = nlohmann::ordered_json;

/// So many done runs are looked at for the speed: each is one more question.
constexpr std::size_t sample_max = 8;

/// Operations and slot seconds of done runs, added up.
struct Speed {
  double flops = 0, slot_s = 0;

  /// A run that ended early did only part of its steps.
  void add(double flops_of_run, double steps_of_run, double steps_done, double train_s,
           double pack_size) {
    if (steps_of_run <= 0 || steps_done <= 0 || train_s <= 0 || pack_size < 1) return;
    flops += flops_of_run * std::min(1.0, steps_done / steps_of_run);
    slot_s += train_s / pack_size;
  }
  double flops_per_s() const { return slot_s > 0 ? flops / slot_s : 0; }
};

/// Indices of done runs, spread over the expansion.
std::vector<std::size_t> sample(const std::vector<KnownRun>& known) {
  std::vector<std::size_t> done;
  for (const auto& run : known) {
    if (run.state == RunState::finished) done.push_back(run.index);
  }
  std::vector<std::size_t> few;
  const std::size_t step = std::max<std::size_t>(1, done.size() / sample_max);
  for (std::size_t i = 0; i < done.size() && few.size() < sample_max; i += step)
    few.push_back(done[i]);
  return few;
}

std::vector<RunId> ids_of(const spec::Expansion& expansion) {
  std::vector<RunId> ids;
  ids.reserve(expansion.runs.size());
  for (const auto& run : expansion.runs)
    ids.push_back(run.id);
  return ids;
}

void add_speed(Speed& speed, const spec::Expansion& expansion, std::size_t run, double steps_done,
               double train_s, double pack_size) {
  const auto& shape = expansion.shapes[expansion.runs[run].shape];
  speed.add(spec::flops_of_run(shape), shape.cost.steps, steps_done, train_s, pack_size);
}

// ---------------------------------------------------------------- a database's file

Result<KnownRuns> ask_file(const std::filesystem::path& path, const spec::Expansion& expansion) {
  store::ReadModelOptions options;
  options.path = path;
  options.build = build_text();
  auto model = store::DatabaseReadModel::open(std::move(options));
  if (!model) return propagate(model);
  KnownRuns known;
  known.from = path.string();
  auto runs = (*model)->known_runs(ids_of(expansion));
  if (!runs) return propagate(runs);
  known.runs = std::move(*runs);
  auto sweeps = (*model)->sweeps();
  if (!sweeps) return propagate(sweeps);
  for (const auto& sweep : *sweeps)
    known.sweep_names.emplace_back(sweep.id, sweep.name);
  auto workers = (*model)->workers();
  if (!workers) return propagate(workers);
  for (const auto& worker : *workers) {
    if (worker.state != "connected") continue;
    for (const auto& slot : worker.info.slots) {
      ++known.slots;
      known.replicas_max = std::max(known.replicas_max, slot.max_replicas);
      known.memory_bytes = std::max(known.memory_bytes, static_cast<double>(slot.memory_bytes));
    }
  }
  Speed speed;
  for (const std::size_t run : sample(known.runs)) {
    const auto detail = (*model)->run(expansion.runs[run].id);
    if (!detail || !detail->outcome) continue;
    add_speed(speed, expansion, run, static_cast<double>(detail->outcome->steps_done),
              detail->outcome->train_s, detail->outcome->pack_size);
  }
  known.flops_per_s = speed.flops_per_s();
  return known;
}

// ---------------------------------------------------------------- a coordinator

Result<void> ask_states(Client& client, const std::vector<RunId>& ids, KnownRuns& known) {
  for (std::size_t from = 0; from < ids.size(); from += protocol::known_runs_max) {
    const std::size_t count = std::min(protocol::known_runs_max, ids.size() - from);
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(from);
    auto answer = ask(
        client, protocol::KnownRunsRequest{{first, first + static_cast<std::ptrdiff_t>(count)}});
    if (!answer) return propagate(answer);
    for (const auto& item : (*answer)["known"]) {
      const auto state = run_state_from_text(item[1].get<std::string>());
      known.runs.push_back({from + item[0].get<std::uint64_t>(), state.value_or(RunState::queued),
                            SweepId{item[2].get<std::int64_t>()}});
    }
  }
  return {};
}

void read_status(const Json& status, KnownRuns& known) {
  for (const auto& sweep : status["sweeps"]) {
    known.sweep_names.emplace_back(SweepId{sweep.value("id", std::int64_t{0})},
                                   sweep.value("name", std::string()));
  }
  for (const auto& worker : status["workers"]) {
    if (worker.value("state", std::string()) != "connected") continue;
    for (const auto& slot : worker["slots"]) {
      ++known.slots;
      known.replicas_max =
          std::max(known.replicas_max, slot.value("max_replicas", std::int32_t{0}));
      known.memory_bytes = std::max(known.memory_bytes, slot.value("memory_bytes", 0.0));
    }
  }
}

Result<KnownRuns> ask_coordinator(const Globals& globals, const spec::Expansion& expansion) {
  auto client = open_client(globals);
  if (!client) return propagate(client);
  KnownRuns known;
  known.from = (*client)->endpoint();
  if (auto ok = ask_states(**client, ids_of(expansion), known); !ok) return propagate(ok);
  auto status = ask(**client, protocol::StatusRequest{});
  if (!status) return propagate(status);
  read_status(*status, known);
  Speed speed;
  for (const std::size_t run : sample(known.runs)) {
    auto answer = ask(**client, protocol::ExplainRequest{expansion.runs[run].id.hex()});
    if (!answer || !(*answer)["run"]["outcome"].is_object()) continue;
    const Json& outcome = (*answer)["run"]["outcome"];
    add_speed(speed, expansion, run, outcome.value("steps_done", 0.0),
              outcome.value("train_s", 0.0), outcome.value("pack_size", 1.0));
  }
  known.flops_per_s = speed.flops_per_s();
  return known;
}

}  // namespace

Result<KnownRuns> ask_known_runs(const Globals& globals, const std::string& database,
                                 const spec::Expansion& expansion) {
  if (!database.empty()) return ask_file(database, expansion);
  const char* join = std::getenv("SCANYARD_JOIN");
  if (globals.join || (!globals.home && join != nullptr && *join != '\0'))
    return ask_coordinator(globals, expansion);
  auto home = find_home(globals.home);
  if (!home) {
    // Only a home that was named must be there: a plan needs none.
    if (globals.home) return propagate(home);
    return KnownRuns{};
  }
  auto settings = load_settings(*home);
  if (!settings) return propagate(settings);
  return ask_file(home->folder / settings->database, expansion);
}

}  // namespace scanyard::service::cli
