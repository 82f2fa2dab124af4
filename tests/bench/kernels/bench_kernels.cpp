//! Times every op of the table on one thread: nanoseconds per element and gigabytes per second, the
//! bytes counted as the op's header counts them. Usage: bench_kernels [WORD]: only rows whose name
//! contains the word.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <string_view>

#include "tests/kernels/ops/op_case.hpp"

namespace scanyard::kernels::test {
namespace {

/// Processor time of this thread, so that other programs on the machine disturb little.
double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

/// Seconds of one call: the median of nine, with the caches overwritten before each.
double seconds_per_call(const std::function<void()>& call) {
  static std::vector<char> other(64 << 20);
  std::vector<double> rounds;
  call();
  for (int round = 0; round < 9; ++round) {
    std::fill(other.begin(), other.end(), char(round));
    const double start = thread_seconds();
    call();
    rounds.push_back(thread_seconds() - start);
  }
  std::nth_element(rounds.begin(), rounds.begin() + 4, rounds.end());
  return rounds[4];
}

void print_pass(const OpCase& row, Isa isa, const char* pass, const std::function<void()>& call,
                double bytes) {
  if (!call) return;
  const double seconds = seconds_per_call(call);
  fmt::print("{:<52} {:<10} {:<8} {:>9.3f} {:>9.3f} {:>8.2f}\n", row.name(),
             row.has_builds ? to_text(isa) : "", pass, seconds * 1e3, seconds * 1e9 / row.elements,
             bytes / seconds * 1e-9);
}

void print_row(const OpCase& row) {
  std::vector<Isa> builds = {best_isa()};
  if (row.has_builds) {
    builds = {Isa::reference};
    for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
      if (is_supported(isa)) builds.push_back(isa);
    }
  }
  for (const Isa isa : builds) {
    const Passes passes = row.passes(isa);
    print_pass(row, isa, "forward", passes.forward, row.forward_bytes);
    print_pass(row, isa, "backward", passes.backward, row.backward_bytes);
  }
}

}  // namespace
}  // namespace scanyard::kernels::test

int main(int argc, char** argv) {
  using namespace scanyard::kernels::test;
  const std::string_view word = argc > 1 ? argv[1] : "";
  fmt::print("{:<52} {:<10} {:<8} {:>9} {:>9} {:>8}\n", "op [shape] dtype", "build", "pass", "ms",
             "ns/elem", "GB/s");
  for (const auto& row : bench_cases()) {
    if (row.name().find(word) != std::string::npos) print_row(row);
  }
}
