//! GPU training at the paper's sizes: replica-steps a second, the time to the first step of a pack,
//! and what evaluation and bookkeeping take of an epoch, beside what the GPU can do at best. Usage:
//!   bench_gpu_training [--device cuda:N] [--quick]
#include <c10/core/DeviceType.h>
#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "common/build_info.hpp"
#include "tasks/models/cpu_setup.hpp"
#include "tasks/training/pack.hpp"
#include "tasks/training/trainer/device.hpp"
#include "tests/bench/gpu/roofline.hpp"

namespace scanyard::bench {
namespace {

struct Case {
  std::string name;
  std::string model;
  int group;
  std::int64_t train;
};

const Case cases[] = {
    {"S5 m=5 H=64", R"("model":"bdlru","m":5,"hidden":64)", 5, 100'000},
    {"S5 m=5 H=8", R"("model":"bdlru","m":5,"hidden":8)", 5, 100'000},
    {"S3 10k m=3 H=16", R"("model":"bdlru","m":3,"hidden":16)", 3, 10'000},
    {"S3 250 m=3 H=16", R"("model":"bdlru","m":3,"hidden":16)", 3, 250},
    {"S5 H-LRU m=5 H=128", R"("model":"hlru","m":5,"hidden":128)", 5, 100'000},
    {"S5 LSTM h=128", R"("model":"lstm","hidden":128)", 5, 100'000},
};

catalog::ShapeConfig shape_of(const Case& one, std::int64_t test) {
  const auto shape = catalog::parse_shape(fmt::format(
      R"({{{},"width":128,"layers":1,"task":"permutation","group":{},"length":16,)"
      R"("train":{},"test":{},"batch":128,"precision":"bf16","epochs":200}})",
      one.model, one.group, one.train, test));
  if (!shape) throw std::runtime_error(shape.error().to_string());
  return *shape;
}

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A pack of `replicas` runs: three rates, the seeds 1, 2, ...
std::unique_ptr<training::Pack> pack_of(const catalog::ShapeConfig& shape, int replicas,
                       const training::TrainingDevice& device) {
  auto pack = std::make_unique<training::Pack>(
      shape, training::Surroundings{.options = device.options,
                                    .now_s = now_s,
                                    .device = device.description,
                                    .build = std::string(build_text())});
  constexpr double rates[] = {1e-3, 5e-4, 1e-4};
  for (int r = 0; r < replicas; ++r) {
    training::RunState run;
    run.run.bytes.fill(std::uint8_t(r + 1));
    run.values = {.lr = rates[r % 3], .lr_min = 1e-5, .early_stop = 1,
                  .seed = std::uint64_t(1 + r / 3 % 5)};
    pack->add(run);
  }
  return pack;
}

/// One whole epoch, evaluation and results included.
double epoch_s(training::Pack& pack) {
  const double start = now_s();
  do {
    pack.advance();
  } while (!pack.at_epoch_boundary());
  return now_s() - start;
}

double best_epoch_s(training::Pack& pack, int times) {
  double best = epoch_s(pack);
  for (int i = 1; i < times; ++i)
    best = std::min(best, epoch_s(pack));
  return best;
}

/// Time from nothing to the first step done, of a shape that this process has trained before.
double first_step_s(const catalog::ShapeConfig& shape, int replicas,
                    const training::TrainingDevice& device) {
  auto small = shape;
  small.epochs = 1;
  const double start = now_s();
  auto pack = pack_of(small, replicas, device);
  pack->advance();  // at most 64 steps, recording included
  models::backend_for(at::kCUDA).synchronize();
  return now_s() - start;
}

void run_case(const Case& one, const std::vector<int>& sizes,
              const training::TrainingDevice& device, double bandwidth, double flops, bool quick) {
  const auto shape = shape_of(one, 1280), bare = shape_of(one, 1);
  const StepCost cost = step_cost(shape);
  const double floor_s = cost.bytes / bandwidth + cost.flops / flops;
  const auto steps = double(catalog::steps_per_epoch(shape));
  fmt::print("\n{}: {:.1f} MB and {:.2f} GFLOP a replica-step, roofline {:.1f} us\n", one.name,
             cost.bytes / 1e6, cost.flops / 1e9, floor_s * 1e6);
  fmt::print("{:>4} {:>14} {:>14} {:>10} {:>10} {:>12} {:>14}\n", "R", "us a step", "replica-steps/s",
             "roofline", "epoch s", "evaluation", "first step s");
  for (const int replicas : sizes) {
    auto pack = pack_of(shape, replicas, device);
    epoch_s(*pack);
    const int times = quick ? 1 : (one.train < 20'000 ? 10 : 2);
    const double whole = best_epoch_s(*pack, times);
    auto without = pack_of(bare, replicas, device);
    epoch_s(*without);
    const double steps_only = best_epoch_s(*without, times);
    const double first = quick ? 0 : first_step_s(shape, replicas, device);
    const double step_s = whole / steps;
    fmt::print("{:>4} {:>14.1f} {:>14.0f} {:>9.0f}% {:>10.4f} {:>11.1f}% {:>14.2f}\n", replicas,
               step_s * 1e6, replicas / step_s, 100 * replicas * floor_s / step_s, whole,
               100 * (whole - steps_only) / whole, first);
    std::fflush(stdout);
  }
}

int run(int argc, char** argv) {
  std::string name = "cuda:0";
  bool quick = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) quick = true;
    if (std::strcmp(argv[i], "--device") == 0 && i + 1 < argc) name = argv[++i];
  }
  const auto device = training::find_device(name, 1);
  if (!device) {
    fmt::print("skipped: {}\n", device.error().to_string());
    return 0;
  }
  models::set_up_cpu(1);
  const double bandwidth = copy_bytes_per_s(device->options);
  const double flops = product_flops_per_s(device->options);
  fmt::print("{}, {}: copy {:.2f} TB/s (read + written), bf16 product 8192 {:.0f} TFLOP/s\n",
             device->name, build_text(), bandwidth / 1e12, flops / 1e12);
  for (const Case& one : cases) {
    run_case(one, quick ? std::vector{1, 15} : std::vector{1, 5, 15, 30, 60}, *device, bandwidth,
             flops, quick);
    if (quick) break;
  }
  return 0;
}

}  // namespace
}  // namespace scanyard::bench

int main(int argc, char** argv) {
  try {
    return scanyard::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_gpu_training: {}\n", error.what());
    return 1;
  }
}
