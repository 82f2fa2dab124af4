//! CPU training steps per second: the project's engine against the same model written with plain
//! LibTorch calls, in one process, turn by turn. Usage: bench_training [SECONDS_PER_ROW]
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/build_info.hpp"
#include "tasks/data/generate.hpp"
#include "tasks/models/cpu_setup.hpp"
#include "tasks/training/pack_model.hpp"
#include "tasks/training/trainer/device.hpp"
#include "tests/bench/training/plain_model.hpp"

namespace scanyard::bench {
namespace {

constexpr double rate = 1e-3;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Case {
  const char* name;
  const char* shape_json;
};

constexpr Case cases[] = {
    {"S5 m=5 H=64 d=128", R"({"model":"bdlru","m":5,"hidden":64,"width":128,"layers":1,)"
                          R"("task":"permutation","group":5,"length":16,"train":1024,"test":8,)"
                          R"("batch":128,"precision":"fp32","epochs":1})"},
    {"S3 m=3 H=8 d=32", R"({"model":"bdlru","m":3,"hidden":8,"width":32,"layers":1,)"
                        R"("task":"permutation","group":3,"length":16,"train":1024,"test":8,)"
                        R"("batch":128,"precision":"fp32","epochs":1})"},
};

/// Batch `index` of the training data, over and over.
struct Data {
  Data(const catalog::ShapeConfig& shape) : made(data::generate(shape, 1).train), shape(shape) {}

  template <class T>
  std::vector<T> batch(const std::vector<std::int32_t>& from, std::int64_t index) const {
    const std::int64_t size = shape.batch * shape.length;
    const std::int64_t first = index % (shape.train / shape.batch) * size;
    return {from.begin() + first, from.begin() + first + size};
  }

  data::Sequences made;
  catalog::ShapeConfig shape;
};

class Ours {
 public:
  Ours(const catalog::ShapeConfig& shape, std::int64_t replicas)
      : model(shape, at::TensorOptions().dtype(at::kFloat)),
        ids(at::empty({replicas, shape.batch, shape.length}, at::kInt)),
        targets(at::empty_like(ids)) {
    for (std::int64_t r = 0; r < replicas; ++r)
      model.append(model.initial(std::uint64_t(r)));
  }
  double train(const Data& data, std::int64_t index) {
    std::vector<kernels::AdamwScalars> scalars(std::size_t(model.replicas()));
    for (auto& own : scalars) {
      own.lr = rate;
      own.step = index + 1;
    }
    fill(ids, data.batch<std::int32_t>(data.made.inputs, index));
    fill(targets, data.batch<std::int32_t>(data.made.targets, index));
    const auto& scores = model.train(ids, targets, scalars);
    return scores.loss_sum.const_data_ptr<double>()[0] /
           double(scores.scored.const_data_ptr<std::int64_t>()[0]);
  }

  training::PackModel model;

 private:
  static void fill(const at::Tensor& tensor, const std::vector<std::int32_t>& batch) {
    for (std::int64_t r = 0; r < tensor.size(0); ++r)
      std::copy(batch.begin(), batch.end(),
                tensor.mutable_data_ptr<std::int32_t>() + r * std::int64_t(batch.size()));
  }
  at::Tensor ids, targets;
};

class Plain {
 public:
  Plain(const catalog::ShapeConfig& shape, PlainStep step, const training::PackModel& like) {
    for (std::int64_t r = 0; r < like.replicas(); ++r) {
      auto& model = models_.emplace_back(std::make_unique<PlainModel>(shape, step, rate));
      for (std::size_t i = 0; i < like.layout().entries().size(); ++i) {
        const at::Tensor value = like.values()[{i}].select(0, r).contiguous();
        model->set(like.layout().entries()[i].name,
                   {value.const_data_ptr<float>(), value.const_data_ptr<float>() + value.numel()});
      }
    }
  }
  double train(const Data& data, std::int64_t index) {
    const auto ids = data.batch<std::int64_t>(data.made.inputs, index);
    const auto targets = data.batch<std::int64_t>(data.made.targets, index);
    double first = 0;
    for (auto& model : models_) {
      const double loss = model->train(ids.data(), targets.data(), data.shape.batch);
      if (&model == &models_.front()) first = loss;
    }
    return first;
  }

 private:
  std::vector<std::unique_ptr<PlainModel>> models_;
};

struct Timed {
  std::vector<double> seconds;
  double loss = 0;  ///< of the last step

  template <class Model>
  void step(Model& model, const Data& data, std::int64_t index) {
    const double start = now_s();
    loss = model.train(data, index);
    seconds.push_back(now_s() - start);
  }
  /// The first steps allocate; they do not count.
  double median() const {
    std::vector<double> sorted(
        seconds.begin() + std::min<std::ptrdiff_t>(3, std::ptrdiff_t(seconds.size()) - 1),
        seconds.end());
    std::nth_element(sorted.begin(), sorted.begin() + std::ptrdiff_t(sorted.size() / 2),
                     sorted.end());
    return sorted[sorted.size() / 2];
  }
};

void run(const Case& one, int threads, std::int64_t replicas, double seconds) {
  const auto shape = catalog::parse_shape(one.shape_json);
  if (!shape) {
    fmt::print("{}: {}\n", one.name, shape.error().to_string());
    return;
  }
  at::set_num_threads(threads);
  const Data data(*shape);
  Ours ours(*shape, replicas);
  Plain matmul(*shape, PlainStep::matmul, ours.model);
  Plain sums(*shape, PlainStep::multiply_and_sum, ours.model);
  Timed our_time, matmul_time, sums_time;
  const double end = now_s() + seconds;
  std::int64_t index = 0;
  for (; index < 8 || now_s() < end; ++index) {  // turn by turn: a disturbance hits all three
    our_time.step(ours, data, index);
    matmul_time.step(matmul, data, index);
    sums_time.step(sums, data, index);
  }
  const double plain = std::min(matmul_time.median(), sums_time.median());
  fmt::print("{:<18} {:>7} {:>2} {:>6} {:>9.1f} {:>9.1f} {:>9.1f} {:>8.2f}x   {:.6f} {:.6f}\n",
             one.name, threads, replicas, index, 1 / our_time.median(), 1 / matmul_time.median(),
             1 / sums_time.median(), plain / our_time.median(), our_time.loss, matmul_time.loss);
  std::fflush(stdout);
}

}  // namespace
}  // namespace scanyard::bench

int main(int argc, char** argv) {
  using namespace scanyard;
  models::set_up_cpu(1);
  const double seconds = argc > 1 ? std::stod(argv[1]) : 5;
  const auto device = training::find_device("cpu", 1);
  fmt::print("{}, {}; batch 128, T = 16, float32, AdamW\n", device->name, build_text());
  fmt::print(
      "Pack steps per second (median); R replicas a step: ours as one pack, plain LibTorch one\n"
      "model after the other, its recurrence by matmul or by multiply-and-sum; speed-up over\n"
      "the faster one. Losses of replica 0 after the same steps: ours, plain.\n\n");
  fmt::print("{:<18} {:>7} {:>2} {:>6} {:>9} {:>9} {:>9} {:>9}   {}\n", "shape", "threads", "R",
             "steps", "ours", "matmul", "mul+sum", "speed-up", "loss, loss of plain");
  for (const auto& one : bench::cases) {
    for (const int threads : {1, 2}) {
      for (const std::int64_t replicas : {1, 3})
        bench::run(one, threads, replicas, seconds);
    }
  }
}
