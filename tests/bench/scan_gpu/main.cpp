//! Times the GPU's scans, beside the copy bandwidth and the bf16 product rate of the same run.
//! bench_scan_gpu [WHAT ...] with WHAT of: scans (P1 and other shapes), tunings (all that fit, for
//! P1), mixer (P2), p1 alone, once M (launches only); without any, scans and mixer.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/bench/scan_gpu/timing.hpp"

namespace scanyard::kernels::bench {
namespace {

using test::ScanOp;
using test::ScanRow;
using test::ScanTypes;

void print_row(const char* label, const ScanRow& row, double bandwidth) {
  const RowArrays arrays(row, sets_for(row));
  const double there = time_calls(arrays.forward(row)), back = time_calls(arrays.backward(row));
  const double both = time_calls(arrays.both(row));
  const double there_floor = row.forward_bytes() / bandwidth * 1e3;
  const double back_floor = row.backward_bytes() / bandwidth * 1e3;
  std::printf("%-10s %-58s %9.4f %9.4f %9.4f %9.4f %5.2f %5.2f %5.2f\n", label, row.name().c_str(),
              there, back, both, there_floor + back_floor, there / there_floor, back / back_floor,
              both / (there_floor + back_floor));
  std::fflush(stdout);
}

ScanRow paper_row(std::int64_t m, std::int64_t H = 128) {
  return {ScanOp::bdlru, ScanTypes::bf16_states, Gate::softmax, {16, 2048, H, m}, {}, true, 0};
}

void bench_paper_scans(double bandwidth) {
  std::printf("%-10s %-58s %9s %9s %9s %9s %5s %5s %5s\n", "", "milliseconds; ratios to the floor",
              "forward", "backward", "both", "floor", "f", "b", "both");
  for (const std::int64_t m : {1, 2, 4, 8, 16})
    print_row("P1", paper_row(m), bandwidth);
}

void bench_scans(double bandwidth) {
  bench_paper_scans(bandwidth);
  for (const std::int64_t m : {3, 5, 6})
    print_row("", paper_row(m), bandwidth);
  print_row("P2 scan", paper_row(4, 1152), bandwidth);
  print_row("P2 scan", paper_row(16, 106), bandwidth);
  for (const std::int64_t replicas : {1, 15, 60}) {
    for (const ScanTypes types : {ScanTypes::f32, ScanTypes::bf16}) {
      print_row(
          "S5 R=", {ScanOp::bdlru, types, Gate::softmax, {128 * replicas, 16, 64, 5}, {}, true, 0},
          bandwidth);
    }
  }
  print_row("S5 small",
            {ScanOp::bdlru, ScanTypes::bf16, Gate::softmax, {128 * 60, 16, 8, 5}, {}, true, 0},
            bandwidth);
  print_row("S3",
            {ScanOp::bdlru, ScanTypes::bf16, Gate::softmax, {128 * 15, 16, 64, 3}, {}, true, 0},
            bandwidth);
  print_row("T=128",
            {ScanOp::bdlru, ScanTypes::bf16, Gate::softmax, {128 * 15, 128, 64, 4}, {}, true, 0},
            bandwidth);
  for (const std::int64_t m : {1, 4, 16}) {
    print_row(
        "long",
        {ScanOp::bdlru, ScanTypes::bf16_states, Gate::softmax, {1, 65536, 128, m}, {}, true, 0},
        bandwidth);
  }
  for (const ScanOp op : {ScanOp::hlru, ScanOp::hlru_transposed}) {
    for (const std::int64_t m : {1, 2, 4, 8, 16})
      print_row("", {op, ScanTypes::bf16_states, Gate::softmax, {16, 2048, 1024, m}, {}, true, 0},
                bandwidth);
    print_row("S5 R=15", {op, ScanTypes::bf16, Gate::softmax, {128 * 15, 16, 128, 5}, {}, true, 0},
              bandwidth);
  }
}

/// Every tuning that fits, forward and backward, for the shapes of P1 and of training.
void bench_tunings(double bandwidth) {
  std::vector<ScanRow> rows;
  for (const std::int64_t m : {1, 2, 4, 8, 16})
    rows.push_back(paper_row(m));
  rows.push_back(
      {ScanOp::bdlru, ScanTypes::bf16, Gate::softmax, {128 * 15, 16, 64, 5}, {}, true, 0});
  rows.push_back(
      {ScanOp::bdlru, ScanTypes::f32, Gate::softmax, {128 * 15, 16, 64, 5}, {}, true, 0});
  for (ScanRow& row : rows) {
    const RowArrays arrays(row, sets_for(row));
    std::printf("tunings of %s: warps x teams, stages, chains: forward, backward over floor\n",
                row.name().c_str());
    for (const int chains : {0, 1, 2}) {
      for (const int stages : {2, 3, 4}) {
        for (const int warps : {1, 2, 3, 4, 6, 8, 12}) {
          if (row.shape.length <= 16 && warps > 4) continue;
          if (row.shape.length > 16 && warps < 2) continue;
          const int lanes = row.shape.m == 16 ? 8 : row.shape.m == 8 ? 4 : row.shape.m == 4 ? 2 : 1;
          const int teams = warps >= 3 ? 1 : 4 / warps;
          row.tuning = {warps, teams, stages, 32 / lanes >> chains};
          const double there = arrays.fits(row, false) ? time_calls(arrays.forward(row), 5) *
                                                             bandwidth / row.forward_bytes() / 1e3
                                                       : 0;
          const double back = arrays.fits(row, true) ? time_calls(arrays.backward(row), 5) *
                                                           bandwidth / row.backward_bytes() / 1e3
                                                     : 0;
          std::printf("  %2dx%d,%d,%2d: %5.2f %5.2f\n", warps, teams, stages,
                      row.tuning.chains_per_team, there, back);
        }
      }
    }
  }
}

/// One forward and one backward pass of P1, for a profiler.
void run_once(std::int64_t m) {
  const ScanRow row = paper_row(m);
  const RowArrays arrays(row, 1);
  for (const auto& call : arrays.both(row))
    call(nullptr);
  require(cudaDeviceSynchronize(), "the scans");
}

int run(int argc, char** argv) {
  const test::DeviceState device = test::device_state();
  if (!device.is_there) {
    std::printf("SKIPPED: no GPU here (%s)\n", device.text.c_str());
    return 77;
  }
  const auto is_wanted = [&](const char* what, bool by_default) {
    for (int i = 1; i < argc; ++i) {
      if (std::strcmp(argv[i], what) == 0) return true;
    }
    return argc == 1 && by_default;
  };
  if (is_wanted("once", false)) {
    run_once(argc > 2 ? std::atoi(argv[2]) : 4);
    return 0;
  }
  const double driver = driver_copy_bandwidth(), kernel = kernel_copy_bandwidth();
  const double bandwidth = std::max(driver, kernel), rate = product_rate();
  std::printf(
      "%s; copy, read + write: %.3f TB/s by a kernel, %.3f by the driver; bf16 product "
      "8192^3 %.0f TFLOP/s\n",
      device.text.c_str(), kernel / 1e12, driver / 1e12, rate / 1e12);
  if (is_wanted("p1", false)) bench_paper_scans(bandwidth);
  if (is_wanted("scans", true)) bench_scans(bandwidth);
  if (is_wanted("mixer", true)) bench_mixer(bandwidth, rate);
  if (is_wanted("tunings", false)) bench_tunings(bandwidth);
  return 0;
}

}  // namespace
}  // namespace scanyard::kernels::bench

int main(int argc, char** argv) {
  return scanyard::kernels::bench::run(argc, argv);
}
