//! How fast and how large: submissions, results, curve points, tables. Numbers, never tests.
//!   bench_store [RUNS]    the large sweep; default 1,000,000
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "common/build_info.hpp"
#include "common/tables/results_table.hpp"
#include "common/text.hpp"
#include "coordinator/store/database_read_model.hpp"
#include "coordinator/store/writer.hpp"
#include "tests/bench/store/synthetic.hpp"

namespace scanyard::store {
namespace {

namespace fs = std::filesystem;

/// Ends the program: a benchmark that goes on after an error would print nonsense.
template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bench_store: {}\n", result.error().to_string());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Wall time and this thread's processor time: on a machine that is busy otherwise only the latter
/// says something of the store.
struct Took {
  double wall_s = 0, cpu_s = 0;
};

double cpu_now_s() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Took measure(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  const double cpu = cpu_now_s();
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {wall.count(), cpu_now_s() - cpu};
}

/// The middle one of several by wall time.
Took median(int repeats, const auto& work) {
  std::vector<Took> all;
  for (int i = 0; i < repeats; ++i)
    all.push_back(measure(work));
  std::sort(all.begin(), all.end(), [](auto a, auto b) { return a.wall_s < b.wall_s; });
  return all[all.size() / 2];
}

void line(const std::string& what, const std::string& number, const std::string& more = "") {
  fmt::print("{:<62} {:>22}  {}\n", what, number, more);
  std::fflush(stdout);
}

std::string count(double value) {
  return with_thousands(static_cast<long long>(value));
}

void rate_line(const std::string& what, double items, Took took, const char* unit) {
  line(what, count(items / took.wall_s) + " " + unit,
       fmt::format("(cpu {:.1f} us each)", took.cpu_s / items * 1e6));
}

void time_line(const std::string& what, Took took) {
  if (took.wall_s < 1) {
    line(what, fmt::format("{:.1f} ms", took.wall_s * 1e3),
         fmt::format("(cpu {:.1f} ms)", took.cpu_s * 1e3));
  } else {
    line(what, fmt::format("{:.2f} s", took.wall_s), fmt::format("(cpu {:.2f} s)", took.cpu_s));
  }
}

std::string machine() {
  std::ifstream in("/proc/cpuinfo");
  std::string cpu = "unknown CPU";
  for (std::string text; std::getline(in, text);) {
    if (text.starts_with("model name")) {
      cpu = text.substr(text.find(':') + 2);
      break;
    }
  }
  return fmt::format("{}, {} threads", cpu, std::thread::hardware_concurrency());
}

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "bench-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::exit(1);
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

/// Bytes of the database after everything went from the log to the file.
double file_bytes(const fs::path& path) {
  return static_cast<double>(fs::file_size(path));
}

std::unique_ptr<Writer> open(const fs::path& path) {
  return must(Writer::open({.path = path}, TimePoint{1}));
}

std::vector<RunId> ids(const SubmitSweep& sweep) {
  std::vector<RunId> list;
  for (const auto& run : sweep.expansion->runs)
    list.push_back(run.id);
  return list;
}

/// Packs end one after the other, so that results come nearly in the spec's order; or in any order.
enum class Arrival { by_pack, random };

void arrange(std::vector<RunId>& runs, Arrival arrival) {
  std::mt19937 random(1);
  const std::size_t window = arrival == Arrival::random ? runs.size() : 512;
  for (std::size_t i = 0; i < runs.size(); i += window) {
    const std::size_t end = std::min(i + window, runs.size());
    std::shuffle(runs.begin() + static_cast<long>(i), runs.begin() + static_cast<long>(end),
                 random);
  }
}

/// Writes a result for each run, in batches of `batch`.
Took write_results(Writer& writer, std::vector<RunId> runs, std::size_t batch, int points,
                   Arrival arrival = Arrival::by_pack) {
  arrange(runs, arrival);
  std::vector<std::vector<StoreWrite>> batches;
  std::int64_t number = 0;
  for (const auto& run : runs) {
    if (batches.empty() || batches.back().size() == batch) batches.emplace_back();
    batches.back().emplace_back(synthetic_result(run, ++number, points));
  }
  return measure([&] {
    for (const auto& one : batches)
      must(writer.apply(one));
  });
}

void measure_results(const fs::path& folder) {
  fmt::print("\nResults a second through apply(), one transaction a batch, synchronous=FULL\n");
  struct Case {
    std::size_t batch, results;
    Arrival arrival;
  };
  for (const auto& [batch, results, arrival] :
       {Case{1, 1000, Arrival::by_pack}, Case{16, 16'000, Arrival::by_pack},
        Case{256, 60'000, Arrival::by_pack}, Case{4096, 120'000, Arrival::by_pack},
        Case{256, 60'000, Arrival::random}, Case{4096, 120'000, Arrival::random}}) {
    const fs::path path = folder / "results.db";
    const auto sweep = synthetic_sweep(results);
    const auto writer = open(path);
    must(writer->submit(sweep));
    const Took took = write_results(*writer, ids(sweep), batch, 0, arrival);
    rate_line(fmt::format("  batches of {}, no curve, {}", batch,
                          arrival == Arrival::random ? "in random order" : "pack by pack"),
              static_cast<double>(sweep.expansion->runs.size()), took, "results/s");
    for (const char* suffix : {"", "-wal", "-shm"})
      fs::remove(path.string() + suffix);
  }
}

void measure_curves(const fs::path& folder) {
  fmt::print("\nLearning curves\n");
  for (const int points : {20, 60, 200}) {
    const fs::path path = folder / fmt::format("curves{}.db", points);
    const std::size_t results = 400'000 / static_cast<std::size_t>(points);
    const auto sweep = synthetic_sweep(results);
    double before = 0;
    {
      const auto writer = open(path);
      must(writer->submit(sweep));
      write_results(*writer, ids(sweep), 256, 0);
    }
    before = file_bytes(path);
    fs::remove(path);
    Took took;
    {
      const auto writer = open(path);
      must(writer->submit(sweep));
      took = write_results(*writer, ids(sweep), 256, points);
    }
    const double all = static_cast<double>(sweep.expansion->runs.size()) * points;
    rate_line(fmt::format("  results with curves of {} points, batches of 256", points), all, took,
              "points/s");
    line("    on disk, all of it",
         fmt::format("{:.2f} bytes/point", (file_bytes(path) - before) / all));
  }
}

void measure_progress(const fs::path& folder) {
  const fs::path path = folder / "progress.db";
  const auto writer = open(path);
  const auto sweep = synthetic_sweep(1000);
  must(writer->submit(sweep));
  const auto runs = ids(sweep);
  std::vector<std::vector<StoreWrite>> batches;
  for (int epoch = 1; epoch <= 100; ++epoch) {
    RecordProgress progress;
    for (const auto& run : runs) {
      EpochPoint point{.epoch = epoch, .step = epoch * 157, .train_loss = 1.0 / epoch};
      point.test_perplexity = 2;
      progress.points.push_back({run, {Epoch{1}, 1}, point});
    }
    batches.push_back({std::move(progress)});
  }
  const Took took = measure([&] {
    for (const auto& batch : batches)
      must(writer->apply(batch));
  });
  rate_line("  progress of 1,000 running runs, one point each a transaction", 1e5, took,
            "points/s");
}

void measure_table(DatabaseReadModel& reader, SweepId sweep, const std::string& what) {
  std::size_t cells = 0;
  const Took read = median(21, [&] { cells = must(reader.cells(sweep)).size(); });
  const Took page = median(21, [&] {
    const auto detail = must(reader.sweep(sweep));
    const auto list = must(reader.cells(sweep));
    if (tables::build_results_table(detail, list).cells.empty()) std::exit(1);
  });
  time_line(fmt::format("  cells() {}, {} cells", what, count(static_cast<double>(cells))), read);
  time_line("    with the sweep and its table built", page);
}

void refresh_all(Writer& writer, std::size_t cells) {
  const Took took = measure([&] {
    while (must(writer.refresh()) > 0) {
    }
  });
  rate_line("  refresh() of every cell, 15 runs each", static_cast<double>(cells), took, "cells/s");
}

void measure_large(const fs::path& folder, std::size_t large) {
  fmt::print("\nA sweep of 100,000 results, then one of {} runs in the same database\n",
             with_thousands(static_cast<long long>(large)));
  const fs::path path = folder / "large.db";
  auto writer = open(path);
  const auto sweep = synthetic_sweep(100'000);
  time_line("  submit 100,000 runs", measure([&] { must(writer->submit(sweep)); }));
  writer.reset();
  const double submitted = file_bytes(path);
  line("    on disk", fmt::format("{:.0f} bytes/run", submitted / 1e5));
  writer = open(path);
  write_results(*writer, ids(sweep), 1024, 0);
  const auto reader = must(DatabaseReadModel::open({.path = path, .live = {}, .build = "bench"}));
  measure_table(*reader, SweepId{1}, "while every cell is marked");
  refresh_all(*writer, sweep.expansion->cells.size());
  measure_table(*reader, SweepId{1}, "of 100,000 results");

  writer.reset();
  const double with_results = file_bytes(path);
  line("    on disk, with results", fmt::format("{:.0f} bytes/run", with_results / 1e5));
  writer = open(path);
  const auto huge = synthetic_sweep(large, 1000);
  time_line(fmt::format("  submit {} runs", with_thousands(static_cast<long long>(large))),
            measure([&] { must(writer->submit(huge)); }));
  measure_table(*reader, SweepId{1}, "of 100,000 results beside them");
  time_line("  known_runs() of all of them", measure([&] { must(reader->known_runs(ids(huge))); }));
  writer.reset();
  const double runs = static_cast<double>(huge.expansion->runs.size());
  line("    on disk", fmt::format("{:.0f} bytes/run", (file_bytes(path) - with_results) / runs));
  time_line("  open with quick_check", measure([&] { writer = open(path); }));
  time_line("  load_open()", measure([&] { must(writer->load_open()); }));
  measure_table(*reader, SweepId{2}, "of the large sweep");
}

/// Cells of 12,501 runs each, as a sweep over many sizes and seeds has.
void measure_huge_cells(const fs::path& folder) {
  fmt::print("\nA sweep of 150,000 results in 12 cells\n");
  const fs::path path = folder / "huge_cells.db";
  const auto writer = open(path);
  const auto sweep = synthetic_sweep(150'000, 0, 4167);
  must(writer->submit(sweep));
  write_results(*writer, ids(sweep), 4096, 0);
  const auto reader = must(
      DatabaseReadModel::open({.path = path, .live = [] { return nullptr; }, .build = "bench"}));
  measure_table(*reader, SweepId{1}, "while every cell is marked");
  const Took took = measure([&] {
    while (must(writer->refresh()) > 0) {
    }
  });
  rate_line("  refresh() of every cell, 12,501 runs each", 12, took, "cells/s");
  measure_table(*reader, SweepId{1}, "of 150,000 results");
}

}  // namespace
}  // namespace scanyard::store

int main(int argc, char** argv) {
  using namespace scanyard;
  using namespace scanyard::store;
  const std::size_t large = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  fmt::print("store: {}\nbuild {}\n{:%Y-%m-%d %H:%M} UTC\n", machine(), build_text(),
             fmt::gmtime(now));
  const Folder folder;
  measure_results(folder.path);
  measure_curves(folder.path);
  measure_progress(folder.path);
  measure_huge_cells(folder.path);
  measure_large(folder.path, large);
}
