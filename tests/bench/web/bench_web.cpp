//! Latency of the page over real sockets. Numbers, never tests.
//!   bench_web                        a database with 100,000 results in a temporary folder
//!   bench_web --results N            the same with N
//!   bench_web URL_WITH_TOKEN         a server that runs already; its newest sweep
//! Every address is asked over one kept connection, then from eight at once; the first answer of
//! each is left out (caches of the database fill). "cpu ms" is the processor time of an answer,
//! its receiver's included; nothing is known of it where the server is another program.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "common/build_info.hpp"
#include "common/text.hpp"
#include "tests/bench/web/large_sweep.hpp"
#include "tests/web/http_client.hpp"

namespace scanyard::web {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double seconds_per_row = 2;
constexpr int clients_at_once = 8;
constexpr int results_awaited = 100;

/// Where to ask: taken from "http://127.0.0.1:7480/?token=...".
struct Server {
  std::uint16_t port = 0;
  std::string token;
};

Server parse(const std::string& url) {
  const std::size_t colon = url.rfind(':'), token = url.find("/?token=");
  if (!url.starts_with("http://") || token == std::string::npos || colon > token) {
    fmt::print(stderr, "bench_web: give the whole address, http://127.0.0.1:PORT/?token=TOKEN\n");
    std::exit(2);
  }
  return {static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))), url.substr(token + 8)};
}

/// Processor time of all threads of this program so far: of the server and of who asks, where both
/// are here. It hardly depends on what else the machine does.
double cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Sample {
  std::vector<double> latencies_ms;
  double cpu_ms = 0;  ///< of all measured answers together
  std::size_t bytes = 0;
  int status = 0;
};

/// Asks for one address again and again over one connection.
Sample ask(const Server& server, const std::string& path, const std::string& more, double seconds) {
  HttpClient client(server.port);
  Sample sample;
  const auto start = Clock::now();
  for (bool warm = false; !warm || Clock::now() - start < std::chrono::duration<double>(seconds);
       warm = true) {
    const auto before = Clock::now();
    const double cpu_before = cpu_ms();
    client.ask("GET", path, server.token, more);
    const auto reply = client.read_reply();
    const std::chrono::duration<double, std::milli> took = Clock::now() - before;
    if (warm) {
      sample.latencies_ms.push_back(took.count());
      sample.cpu_ms += cpu_ms() - cpu_before;
    }
    sample.bytes = reply.body.size();
    sample.status = reply.status;
  }
  return sample;
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

void print_row(const std::string& name, Sample& sample, const std::string& rate) {
  const auto count = static_cast<double>(std::max<std::size_t>(1, sample.latencies_ms.size()));
  fmt::print("{:<34} {:>4} {:>11} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f} {:>10}\n", name,
             sample.status, with_thousands(static_cast<long long>(sample.bytes)),
             percentile(sample.latencies_ms, 0.5), percentile(sample.latencies_ms, 0.95),
             percentile(sample.latencies_ms, 0.99), sample.cpu_ms / count, rate);
  std::fflush(stdout);
}

double rate_at_once(const Server& server, const std::string& path) {
  std::vector<Sample> samples(clients_at_once);
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (auto& sample : samples)
    threads.emplace_back([&] { sample = ask(server, path, "", seconds_per_row); });
  for (auto& thread : threads)
    thread.join();
  const std::chrono::duration<double> took = Clock::now() - start;
  std::size_t count = 0;
  for (const auto& sample : samples)
    count += sample.latencies_ms.size() + 1;
  return static_cast<double>(count) / took.count();
}

std::string etag_of(const Server& server, const std::string& path) {
  HttpClient client(server.port);
  client.ask("GET", path, server.token);
  const std::string head = client.read_reply().head;
  const std::size_t at = head.find("ETag: ");
  if (at == std::string::npos) return "";
  return "If-None-Match: " + head.substr(at + 6, head.find("\r\n", at) - at - 6) + "\r\n";
}

void row(const Server& server, const std::string& name, const std::string& path,
         const std::string& more = {}) {
  Sample sample = ask(server, path, more, seconds_per_row);
  print_row(name, sample, fmt::format("{:.0f}", rate_at_once(server, path)));
}

/// The first page after a result, again and again: one cell is outdated each time.
void row_after_results(LargeSweep& sweep, const Server& server, const std::string& path) {
  HttpClient client(server.port);
  Sample sample;
  for (int i = 0; i < results_awaited && sweep.finish_one(); ++i, sweep.refresh()) {
    const auto before = Clock::now();
    const double cpu_before = cpu_ms();
    client.ask("GET", path, server.token);
    const auto reply = client.read_reply();
    const std::chrono::duration<double, std::milli> took = Clock::now() - before;
    sample.latencies_ms.push_back(took.count());
    sample.cpu_ms += cpu_ms() - cpu_before;
    sample.bytes = reply.body.size();
    sample.status = reply.status;
  }
  print_row("table page, after a new result", sample, "");
}

nlohmann::json json_at(const Server& server, const std::string& path) {
  HttpClient client(server.port);
  client.ask("GET", path, server.token);
  const auto reply = client.read_reply();
  if (reply.status != 200) {
    fmt::print(stderr, "bench_web: {} gave {}\n", path, reply.status);
    std::exit(1);
  }
  return nlohmann::json::parse(reply.body);
}

std::string machine() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

/// `own` is the sweep behind `server`, when this program made it.
void measure(const Server& server, LargeSweep* own) {
  const auto sweeps = json_at(server, "/api/sweeps")["sweeps"];
  if (sweeps.empty()) {
    fmt::print("This server has no sweep.\n");
    return;
  }
  const std::string sweep = "/sweeps/" + std::to_string(sweeps[0]["id"].get<std::int64_t>());
  const auto cells = json_at(server, "/api" + sweep + "/plots")["plots"];
  fmt::print("{}, {} threads; {}; {:%Y-%m-%d}\n", machine(), std::thread::hardware_concurrency(),
             build_text(), fmt::gmtime(std::chrono::system_clock::now()));
  fmt::print("sweep of {} runs, {} done, in {} cells; {} s a row, then {} clients for as long\n\n",
             sweeps[0]["runs"]["total"].get<long>(), sweeps[0]["runs"]["finished"].get<long>(),
             sweeps[0]["cells"].get<long>(), seconds_per_row, clients_at_once);
  fmt::print("{:<34} {:>4} {:>11} {:>9} {:>9} {:>9} {:>9} {:>10}\n", "page", "", "bytes", "p50 ms",
             "p95 ms", "p99 ms", "cpu ms", "pages/s");
  row(server, "sweeps", "/");
  row(server, "table page", sweep);
  if (own) {
    row_after_results(*own, server, sweep);
    while (own->finish_one()) {
    }
    row(server, "table page, every cell outdated", sweep);
    own->refresh();
  }
  row(server, "table page, not changed", sweep, etag_of(server, sweep));
  row(server, "table page, content alone", sweep + "?fragment=1");
  row(server, "table as JSON", "/api" + sweep + "/table");
  row(server, "table as CSV", sweep + "/table.csv");
  if (!cells.empty()) {
    const auto cell = cells[0]["series"][0]["points"][0]["cell"].get<std::int64_t>();
    const std::string address = sweep + "/cells/" + std::to_string(cell);
    row(server, "cell with curves", address);
    const auto best = json_at(server, "/api" + address)["best_run"];
    if (best.is_string()) row(server, "run", "/runs/" + best.get<std::string>());
  }
  row(server, "workers", "/workers");
  row(server, "style sheet", "/static/style.css");
}

}  // namespace
}  // namespace scanyard::web

int main(int argc, char** argv) {
  using namespace scanyard::web;
  const std::string first = argc > 1 ? argv[1] : "";
  if (first.starts_with("http://")) {
    measure(parse(first), nullptr);
    return 0;
  }
  std::size_t results = 100'000;
  if (first == "--results" && argc == 3) {
    results = static_cast<std::size_t>(std::stoul(argv[2]));
  } else if (argc > 1) {
    fmt::print(stderr, "bench_web [--results N | URL_WITH_TOKEN]\n");
    return 2;
  }
  LargeSweep sweep(results);
  measure(parse(sweep.address_with_token()), &sweep);
  return 0;
}
