//! Expansion of one million runs: at most 5 s and 1 GB on two cores.
//!   bench_expansion [FILE]    default: sweeps/million.yaml
//! Prints one line a repeat; the peak is that of the whole process.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

#include "common/spec/expand.hpp"
#include "common/text.hpp"
#include "tasks/catalog/vocabulary.hpp"

namespace {

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024;  // kilobytes on Linux
}

}  // namespace

int main(int argc, char** argv) {
  using namespace scanyard;
  const std::string path = argc > 1 ? argv[1] : SCANYARD_SOURCE_DIR "/sweeps/million.yaml";
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fmt::print(stderr, "bench_expansion: cannot open {}\n", path);
    return 1;
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  fmt::print("{:>10} {:>8} {:>8} {:>12} {:>8} {:>12} {:>10}\n", "runs", "shapes", "cells", "duplicates", "s", "runs/s",
             "peak MB");
  for (int repeat = 0; repeat < 3; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    const auto expansion = spec::expand(text, path, catalog::vocabulary());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!expansion) {
      fmt::print(stderr, "bench_expansion: {}\n", expansion.error().to_string());
      return 1;
    }
    const double runs = double(expansion->runs.size());
    fmt::print("{:>10} {:>8} {:>8} {:>12} {:>8.3f} {:>12} {:>10.0f}\n", with_thousands((long long)runs),
               expansion->shapes.size(), expansion->cells.size(), with_thousands((long long)expansion->duplicates),
               seconds, with_thousands((long long)(runs / seconds)), peak_mb());
  }
  return 0;
}
