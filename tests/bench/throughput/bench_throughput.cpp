//! Zero-work jobs through the real coordinator, over real sockets, with durable results: what is
//! left when training costs nothing. The load generator and the coordinator share the machine.
//!   bench_throughput [RUNS] [FOLDER]    default: 200,000 runs; a temporary folder, removed
//!   afterwards
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "common/build_info.hpp"
#include "common/text.hpp"
#include "coordinator/service/child_process.hpp"
#include "coordinator/service/client/client.hpp"
#include "coordinator/service/new_home.hpp"
#include "tests/bench/throughput/load_worker.hpp"

namespace scanyard::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_throughput: {}\n", why);
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error().to_string());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct Scenario {
  const char* name;
  int workers, slots, replicas, points;
  bool progress;
};

/// A coordinator's process with a home of its own.
class Coordinator {
 public:
  explicit Coordinator(const fs::path& folder) {
    service::Settings settings;
    settings.listen = "tcp://127.0.0.1:17400";
    settings.web.enabled = false;
    settings.log_level = "warning";
    home_ = must(service::make_home(folder, settings, "2000-01-01T00:00:00Z"));
    child_.emplace(must(service::ChildProcess::spawn({service::program_folder() / "scanyard",
                                                      {"serve", "--home", folder.string()},
                                                      folder / "log",
                                                      {},
                                                      true})));
    client_ = must(service::Client::open(must(net::read_join_file(home_.client_join())), {}));
  }
  Json ask(const protocol::ClientQuestion& question) {
    return Json::parse(must(client_->ask(question)));
  }
  net::JoinFile worker_join() const { return must(net::read_join_file(home_.worker_join())); }
  double cpu_s() const {
    std::ifstream in(fmt::format("/proc/{}/stat", child_->pid()));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    std::string skipped;
    long user = 0, system = 0;
    for (int i = 0; i < 11; ++i)
      rest >> skipped;
    rest >> user >> system;
    return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  double memory_mb() const {
    std::ifstream in(fmt::format("/proc/{}/status", child_->pid()));
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
    }
    return 0;
  }

 private:
  service::Home home_;
  std::optional<service::ChildProcess> child_;
  std::unique_ptr<service::Client> client_;
};

std::string spec_of(int runs) {
  return fmt::format(
      "name: throughput\nprotocol: demo\n"
      "fixed: {{task: permutation, group: 3, train: 1000, hidden: 8, model: bdlru, m: 1, lr: "
      "0.001}}\n"
      "seeds: {}\n",
      runs);
}

std::uint64_t finished(Coordinator& coordinator) {
  const Json status = coordinator.ask(protocol::StatusRequest{});
  return status["sweeps"][0]["runs"]["finished"].get<std::uint64_t>();
}

void run(const Scenario& scenario, int runs, const fs::path& folder) {
  Coordinator coordinator(folder);
  const auto submit_start = Clock::now();
  coordinator.ask(protocol::SubmitRequest{spec_of(runs), "throughput.yaml"});
  const std::chrono::duration<double> submit_s = Clock::now() - submit_start;

  boost::asio::io_context io;
  net::Context context;
  std::vector<std::unique_ptr<LoadWorker>> workers;
  for (int i = 0; i < scenario.workers; ++i) {
    workers.push_back(std::make_unique<LoadWorker>(
        io, context,
        LoadOptions{coordinator.worker_join(), fmt::format("load{}", i), scenario.slots,
                    scenario.replicas, scenario.points, scenario.progress}));
    must(workers.back()->start());
  }
  const auto acknowledged = [&] {
    std::uint64_t all = 0;
    for (const auto& worker : workers)
      all += worker->counts().acknowledged;
    return all;
  };
  const double cpu_before = coordinator.cpu_s();
  const auto start = Clock::now();
  while (acknowledged() < static_cast<std::uint64_t>(runs)) {
    io.run_for(std::chrono::milliseconds(10));
    if (Clock::now() - start > std::chrono::minutes(10)) give_up("not done after 10 minutes");
  }
  const std::chrono::duration<double> seconds = Clock::now() - start;
  const double cpu_s = coordinator.cpu_s() - cpu_before;
  std::uint64_t progress_points = 0;
  for (auto& worker : workers) {
    progress_points += worker->counts().points_sent;
    worker->stop();
  }
  if (finished(coordinator) != static_cast<std::uint64_t>(runs))
    give_up("acknowledged results are not in the database");
  const double points =
      static_cast<double>(runs) * scenario.points + static_cast<double>(progress_points);
  fmt::print("{:<34} {:>9} {:>8.2f} {:>10} {:>12} {:>10.1f} {:>9.1f} {:>8.2f}\n", scenario.name,
             with_thousands(runs), seconds.count(),
             with_thousands(static_cast<long long>(runs / seconds.count())),
             with_thousands(static_cast<long long>(points / seconds.count())), 1e6 * cpu_s / runs,
             coordinator.memory_mb(), submit_s.count());
}

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

}  // namespace
}  // namespace scanyard::bench

int main(int argument_count, char** arguments) {
  using namespace scanyard;
  using namespace scanyard::bench;
  const int runs = argument_count > 1 ? std::atoi(arguments[1]) : 200'000;
  std::string folder = argument_count > 2
                           ? arguments[2]
                           : (fs::temp_directory_path() / "scanyard-bench-XXXXXX").string();
  if (runs < 1) give_up("usage: bench_throughput [RUNS] [FOLDER]");
  if (argument_count <= 2 && ::mkdtemp(folder.data()) == nullptr)
    give_up("cannot make a temporary folder");
  fmt::print("{} cores, {}; build {}; {:%Y-%m-%d %H:%M} UTC\n", std::thread::hardware_concurrency(),
             processor(), build_text(), fmt::gmtime(::time(nullptr)));
  fmt::print("{:<34} {:>9} {:>8} {:>10} {:>12} {:>10} {:>9} {:>8}\n", "durable results", "runs",
             "s", "runs/s", "points/s", "CPU us/run", "peak MB", "submit s");
  const Scenario scenarios[] = {{"packs of 512, no curve", 4, 2, 512, 0, false},
                                {"packs of 512, 2 points", 4, 2, 512, 2, false},
                                {"packs of 512, 60 points", 4, 2, 512, 60, false},
                                {"packs of 512, 10 points, progress", 4, 2, 512, 10, true},
                                {"packs of 32, 2 points", 16, 2, 32, 2, false}};
  int number = 0;
  for (const auto& scenario : scenarios) {
    const bool long_curves = scenario.points > 2;
    run(scenario, long_curves ? std::max(1, runs / 10) : runs,
        fs::path(folder) / std::to_string(number++));
  }
  std::error_code ignored;
  if (argument_count <= 2) fs::remove_all(folder, ignored);
  return 0;
}
