#include "tests/web/fake_sweeps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/hash.hpp"
#include "tests/web/fake_read_model.hpp"

namespace scanyard::web {
namespace {

/// One row of the permutation tables and how well it does at each task, in the order of `tasks`.
struct ModelRow {
  const char* name;
  int m;  ///< 0 = no such axis
  double best[5];
  double published[5];
};
constexpr ModelRow models[] = {
    {"lstm", 0, {1.0, 0.986, 1.0, 0.998, 1.0}, {1.0, 1.0, 1.0, 1.0, 1.0}},
    {"bdlru", 1, {0.5621, 0.371, 0.3388, 0.2204, 0.2139}, {0.56, 0.38, 0.34, 0.22, 0.21}},
    {"bdlru", 2, {0.9994, 0.6127, 0.6213, 0.2871, 0.2604}, {1.0, 0.62, 0.62, 0.35, 0.29}},
    {"bdlru", 3, {1.0, 0.983, 0.9992, 0.9312, 0.4483}, {1.0, 1.0, 1.0, 0.94, 0.46}},
    {"bdlru", 4, {1.0, 0.991, 1.0, 0.9991, 0.8127}, {1.0, 1.0, 1.0, 1.0, 0.83}},
    {"bdlru", 5, {1.0, 0.994, 1.0, 0.9993, 0.9998}, {1.0, 1.0, 1.0, 1.0, 1.0}},
};

struct Task {
  const char* group;
  int train;
};
constexpr Task tasks[] = {{"S3", 10000}, {"S3", 250}, {"S4", 50000}, {"S4", 3000}, {"S5", 100000}};

constexpr int hidden_sizes[] = {16, 64, 192};
constexpr const char* rates[] = {"0.001", "0.0005", "0.0001"};

const char* const permutations_spec =
    "name: permutations\n"
    "description: Tables 2 and 4 of the paper at three sizes\n"
    "protocol: paper\n"
    "grid:\n"
    "  group: [S3, S4, S5]\n"
    "  m: [1, 2, 3, 4, 5]\n"
    "  hidden: [16, 64, 192]\n"
    "  lr: [1e-3, 5e-4, 1e-4]\n"
    "seeds: 5  # <b>five</b> & distinct\n";

}  // namespace

std::vector<Counter> fake_counters() {
  return {{"core.runs_granted", "Runs in packs that were sent to workers.", 1402},
          {"net.received", "Messages received.", 48'211},
          {"net.unknown_key", "Connections refused because their key is not admitted.", 2},
          {"protocol.replayed", "Messages dropped because they had come before.", 0},
          {"protocol.oversized", "Messages dropped because they were too long.", 1}};
}

std::string fake_log_tail() {
  return "epoch 3 loss 1.2031\n"
         "\x1b[31merror:\x1b[0m allocating 9.1 GiB for <activations> & \"moments\" failed\n"
         "</pre><script>document.title='taken over'</script>\n"
         "broken bytes: \xff\xfe\xc0\xaf, \xE2\x80\xAE"
         "reversed\n"
         "terminate called after throwing an instance of 'std::bad_alloc'\n";
}

std::uint64_t& fake_count(StateCounts& counts, RunState state) {
  switch (state) {
    case RunState::running:
      return counts.running;
    case RunState::finished:
      return counts.finished;
    case RunState::diverged:
      return counts.diverged;
    case RunState::failed:
      return counts.failed;
    case RunState::cancelled:
      return counts.cancelled;
    case RunState::queued:
      break;
  }
  return counts.queued;
}

FakeReadModel::Sweep& FakeReadModel::add_sweep(std::string name, std::string description,
                                               std::string state, int hours_ago) {
  Sweep sweep;
  SweepSummary& summary = sweep.detail.summary;
  summary.id = {static_cast<std::int64_t>(sweeps_.size() + 1)};
  summary.source_name = "sweeps/" + name + ".yaml";
  summary.name = std::move(name);
  summary.description = std::move(description);
  summary.state = std::move(state);
  summary.submitted_by = "mara@login1";
  summary.submitted = {start_time.ms - hours_ago * 3'600'000LL};
  sweep.detail.spec_text = permutations_spec;
  sweep.detail.selection.maximise = {"hidden", "lr", "seed"};
  sweep.detail.selection.name = "paper";
  sweep.detail.layout = {{"model", "m"}, {"group", "train"}};
  sweeps_.push_back(std::move(sweep));
  return sweeps_.back();
}

void FakeReadModel::add_permutations() {
  Sweep& sweep =
      add_sweep("permutations", "Tables 2 and 4 of the paper at three sizes", "complete", 51);
  sweep.detail.summary.last_result = TimePoint{start_time.ms - 3 * 3'600'000LL};
  for (const auto& model : models) {
    for (std::size_t t = 0; t < std::size(tasks); ++t) {
      const std::string m = model.m > 0 ? fmt::format(R"("m":{},)", model.m) : "";
      const std::string keys = fmt::format(R"({{"group":"{}",{}"model":"{}","train":{}}})",
                                           tasks[t].group, m, model.name, tasks[t].train);
      Cell cell{{++cells_given_}, keys, keys, model.published[t], 0, {}};
      for (const int hidden : hidden_sizes) {
        for (int i = 0; i < 15; ++i) {
          Run run;
          const int seed = i / 3 + 1;
          run.shape_json =
              fmt::format(R"({{"batch":128,"epochs":40,"group":"{}","hidden":{},{}"model":"{}",)"
                          R"("precision":"bf16","task":"permutation","train":{}}})",
                          tasks[t].group, hidden, m, model.name, tasks[t].train);
          run.replica_json =
              fmt::format(R"({{"lr":{},"seed":{},"weight_decay":0}})", rates[i % 3], seed);
          run.axes_json =
              fmt::format(R"({{"hidden":{},"lr":{},"seed":{}}})", hidden, rates[i % 3], seed);
          run.id = Hasher().update(run.shape_json + "\n" + run.replica_json).finish();
          run.state_size = hidden * std::max(1, model.m);
          // The widest model with the highest rate and seed 3 is the best; others fall behind it.
          const double behind = (hidden == 192  ? 0
                                 : hidden == 64 ? 0.06
                                                : 0.3) +
                                0.02 * (i % 3) + (seed == 3 ? 0 : 0.013 * seed);
          run.target = std::max(0.18, model.best[t] - behind * (model.best[t] - 0.15));
          run.half_epochs = 2.5 + 2.0 * (i % 3) + 0.4 * seed;
          run.state = model.m == 4 && t == 4 && i == 7 ? RunState::diverged : RunState::finished;
          run.cell = sweep.cells.size();
          cell.runs.push_back(sweep.runs.size());
          sweep.runs.push_back(std::move(run));
        }
      }
      sweep.cells.push_back(std::move(cell));
    }
  }
  count(sweep);
}

void FakeReadModel::add_demo() {
  Sweep& sweep = add_sweep("demo", "BD-LRU and LSTM on S3 at reduced size", "active", 1);
  sweep.detail.summary.last_result = TimePoint{start_time.ms - 12'000};
  sweep.detail.selection.name = "";
  sweep.detail.selection.maximise = {"lr", "seed"};
  sweep.detail.layout = {{"model", "m"}, {}};
  for (const auto& model : {models[0], models[1], models[2], models[3]}) {
    const std::string m = model.m > 0 ? fmt::format(R"("m":{},)", model.m) : "";
    const std::string keys = fmt::format(R"({{{}"model":"{}"}})", m, model.name);
    Cell cell{{++cells_given_}, keys, keys, std::nullopt, 32.0 * std::max(1, model.m), {}};
    if (model.m > 0) cell.published = model.published[0];
    for (int i = 0; i < 8; ++i) {
      Run run;
      run.shape_json =
          fmt::format(R"({{"batch":128,"epochs":40,"group":"S3","hidden":32,{}"model":"{}",)"
                      R"("precision":"fp32","task":"permutation","train":2000}})",
                      m, model.name);
      run.axes_json = fmt::format(R"({{"lr":{},"seed":{}}})", rates[i % 2], i / 2 + 1);
      run.replica_json =
          fmt::format(R"({{"lr":{},"seed":{},"weight_decay":0}})", rates[i % 2], i / 2 + 1);
      run.id = Hasher().update(run.shape_json + "\n" + run.replica_json).finish();
      run.state_size = cell.state;
      run.target = model.best[0] - 0.011 * i;
      run.half_epochs = 3 + i;
      run.cell = sweep.cells.size();
      const int order = static_cast<int>(sweep.runs.size());
      if (order < 14) run.state = RunState::finished;
      if (order == 9) run.state = RunState::diverged;
      if (order == 11) run.state = RunState::failed, run.failures = 3;
      if (order >= 14 && order < 18)
        run.state = RunState::running, run.epochs_done = 5 + 3 * (order - 14);
      cell.runs.push_back(sweep.runs.size());
      sweep.runs.push_back(std::move(run));
    }
    sweep.cells.push_back(std::move(cell));
  }
  count(sweep);
}

void FakeReadModel::add_hostile() {
  Sweep& sweep = add_sweep(hostile_name, hostile_name, "cancelled", 30);
  sweep.detail.summary.submitted_by = hostile_name;
  sweep.detail.summary.source_name = hostile_name;
  sweep.detail.spec_text = "name: |\n  </code></pre>" + hostile_name + "\n";
  sweep.detail.layout = {{"model"}, {}};
  Cell cell{{++cells_given_},
            R"({"model":"<img src=x onerror=alert(1)>"})",
            R"({"model":"<img src=x onerror=alert(1)>"})",
            {},
            64,
            {}};
  Run run;
  run.shape_json = R"({"model":"it's \"quoted\" </script>","path":"$(rm -rf ~); `id`"})";
  run.replica_json = R"({"seed":1})";
  run.axes_json = R"({"seed":"<b>1</b>"})";
  run.id = Hasher().update(run.shape_json + "\n" + run.replica_json).finish();
  run.state = RunState::cancelled;
  run.failures = 1;
  cell.runs.push_back(0);
  sweep.runs.push_back(run);
  sweep.cells.push_back(cell);
  count(sweep);
}

void FakeReadModel::add_workers() {
  const SlotInfo cpu{{0}, "cpu", "AMD EPYC 9V74", 1, 4LL << 30, 16};
  SlotInfo second = cpu;
  second.slot = {1};
  const SlotInfo gpu{{0}, "cuda:0", "NVIDIA H100 80GB HBM3", 4, 70LL << 30, 256};
  const TimePoint first_seen{start_time.ms - 7'200'000};
  WorkerStatus training;
  training.info = {"node7-a1", "5c1f", "node7", "0.1.0 (8d4394c)", {cpu, second}};
  training.state = "connected";
  training.first_seen = first_seen;
  training.last_seen = {start_time.ms - 1'000};
  training.finished = 1374;
  training.failed = 3;
  training.slots = {{cpu, "training", 8, 212.4, "bdlru m=2 hidden=32 on S3"},
                    {second, "training", 2, 64.8, "bdlru m=3 hidden=32 on S3"}};
  WorkerStatus draining;
  draining.info = {"gpu3-b2", "77aa", "gpu3", "0.1.0 (8d4394c)", {gpu}};
  draining.state = "draining";
  draining.first_seen = first_seen;
  draining.last_seen = {start_time.ms - 4'000};
  draining.finished = 902;
  draining.outbox_records = 12;
  draining.slots = {{gpu, "idle", 0, 0, ""}};
  WorkerStatus lost = draining;
  lost.info.name = "node9-c3";
  lost.info.host = "node9";
  lost.state = "lost";
  lost.last_seen = {start_time.ms - 754'000};
  WorkerStatus gone = lost;
  gone.info.name = hostile_name;
  gone.state = "gone";
  gone.last_seen = {start_time.ms - 86'400'000};
  workers_ = {training, draining, lost, gone};
}

}  // namespace scanyard::web
