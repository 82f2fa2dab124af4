//! metric/, schedules/ and tasks/: what needs no model.
#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "kernels/cross_entropy.hpp"
#include "tasks/data/generate.hpp"
#include "tasks/data/schedule.hpp"
#include "tasks/data/symmetric_group.hpp"
#include "tasks/training/golden/checkers.hpp"
#include "tasks/training/metric.hpp"

namespace scanyard::golden {
namespace {

at::Tensor tensor_of(const std::vector<std::int64_t>& values) {
  const at::Tensor tensor = at::empty({std::int64_t(values.size())}, at::kLong);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<std::int64_t>());
  return tensor;
}
at::Tensor tensor_of(const std::vector<double>& values) {
  const at::Tensor tensor = at::empty({std::int64_t(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<double>());
  return tensor;
}
std::vector<std::int64_t> integers(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kLong).contiguous();
  return {flat.const_data_ptr<std::int64_t>(), flat.const_data_ptr<std::int64_t>() + flat.numel()};
}

constexpr Tolerance accuracy{1e-12, 0};
constexpr Tolerance perplexity{0, 1e-6};

void compare_metric(Check& check, const std::string& name, const training::Metric& metric) {
  check.within(name + ".macro", tensor_of(std::vector<double>{metric.macro_accuracy}), accuracy,
               "metric");
  check.within(name + ".micro", tensor_of(std::vector<double>{metric.micro_accuracy}), accuracy,
               "metric");
  check.within(name + ".perplexity", tensor_of(std::vector<double>{metric.perplexity}), perplexity,
               "metric");
}

training::Metric metric_case(Check& check, const std::string& name) {
  const at::Tensor logits = check.input(name + ".logits");
  const at::Tensor targets = check.input(name + ".targets").to(at::kInt);
  const std::int64_t classes = logits.size(-1);
  const auto size = static_cast<std::size_t>(classes);
  std::vector<std::int64_t> counts(3 * size, 0);
  const kernels::MetricCounts places{counts.data(), counts.data() + size, counts.data() + 2 * size};
  const auto sums = kernels::cross_entropy<float>(logits.const_data_ptr<float>(),
                                                  targets.const_data_ptr<std::int32_t>(), nullptr,
                                                  &places, targets.numel(), classes);
  const auto part = [&](std::size_t index) {
    const auto first = counts.begin() + std::ptrdiff_t(index * size);
    return tensor_of(std::vector<std::int64_t>(first, first + std::ptrdiff_t(size)));
  };
  check.exact(name + ".tp", part(0));
  check.exact(name + ".fn", part(1));
  check.exact(name + ".fp", part(2));
  const auto metric = training::batch_metric({sums.loss_sum, sums.scored, sums.right, counts});
  compare_metric(check, name, metric);
  return metric;
}

/// What the task asks for at the last n positions: the content tokens in order.
std::vector<std::int64_t> copying_targets(const std::vector<std::int64_t>& input,
                                          std::int64_t vocab, std::int64_t copies) {
  std::vector<std::int64_t> content;
  for (const std::int64_t token : input) {
    if (token < vocab - 2) content.push_back(token);
  }
  if (std::int64_t(content.size()) != copies)
    throw std::runtime_error(
        fmt::format("{} content tokens instead of {}", content.size(), copies));
  std::vector<std::int64_t> target(input.size() - content.size(), data::ignored_target);
  target.insert(target.end(), content.begin(), content.end());
  return target;
}

std::vector<std::int64_t> running_products(const data::SymmetricGroup& group,
                                           const std::vector<std::int64_t>& input) {
  std::vector<std::int64_t> target;
  int state = 0;
  for (const std::int64_t element : input) {
    if (element < 0 || element >= group.order())
      throw std::runtime_error(fmt::format("{} is no element of the group", element));
    state = group.product(state, int(element));
    target.push_back(state);
  }
  return target;
}

/// Applies `oracle` to every row of `inputs` [rows, length].
template <class Oracle>
std::vector<std::int64_t> by_rows(const std::vector<std::int64_t>& inputs, std::int64_t length,
                                  const Oracle& oracle) {
  std::vector<std::int64_t> all;
  for (auto row = inputs.begin(); row != inputs.end(); row += length) {
    const auto target = oracle(std::vector<std::int64_t>(row, row + length));
    all.insert(all.end(), target.begin(), target.end());
  }
  return all;
}

/// The project's own generator must give sequences whose targets the same oracle finds.
template <class Oracle>
void check_generator(Check& check, catalog::ShapeConfig shape, const Oracle& oracle) {
  shape.train = 64;
  shape.test = 16;
  const data::TaskData made = data::generate(shape, 20240101);
  for (const auto* part : {&made.train, &made.test}) {
    const std::vector<std::int64_t> inputs(part->inputs.begin(), part->inputs.end());
    const std::vector<std::int64_t> targets(part->targets.begin(), part->targets.end());
    check.holds("generated targets are what the oracle finds",
                by_rows(inputs, shape.length, oracle) == targets);
  }
}

}  // namespace

void check_metric(Check& check) {
  training::EpochMetric epoch;
  for (const auto& listed : check.config().at("cases")) {
    const auto name = listed.get<std::string>();
    const training::Metric metric = metric_case(check, name);
    if (name.starts_with("epoch_b")) epoch.add(metric, check.input(name + ".targets").size(0));
  }
  compare_metric(check, "epoch", epoch.mean());
}

void check_schedules(Check& check) {
  const std::string prefix = "epoch_cosine_peak";
  for (const std::string& rest : check.names_after(prefix)) {
    const auto split = rest.find("_min");
    if (split == std::string::npos) throw std::runtime_error("a table's name has no minimum");
    const catalog::ReplicaConfig replica{.lr = std::stod(rest.substr(0, split)),
                                         .lr_min = std::stod(rest.substr(split + 4))};
    const std::int64_t epochs = check.input(prefix + rest).numel();
    std::vector<double> rates;
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
      rates.push_back(data::learning_rate(catalog::Schedule::cosine, replica, epoch, epochs));
    }
    check.within(prefix + rest, tensor_of(rates), {0, 1e-12}, "fp64");
  }
}

void check_permutations(Check& check) {
  for (int degree = 2; degree <= 5; ++degree) {
    const std::string name = fmt::format("S{}.", degree);
    const auto& group = data::SymmetricGroup::of(degree);
    std::vector<std::int64_t> table, inverse, images;
    for (int p = 0; p < group.order(); ++p) {
      inverse.push_back(group.inverse(p));
      for (int i = 0; i < degree; ++i)
        images.push_back(group.images(p)[std::size_t(i)]);
      for (int q = 0; q < group.order(); ++q)
        table.push_back(group.product(p, q));
    }
    check.exact(name + "table", tensor_of(table));
    check.exact(name + "inverse", tensor_of(inverse));
    check.exact(name + "images", tensor_of(images));
    const at::Tensor inputs = check.input(name + "input");
    const auto oracle = [&](const std::vector<std::int64_t>& row) {
      return running_products(group, row);
    };
    check.exact(name + "target", tensor_of(by_rows(integers(inputs), inputs.size(1), oracle)));
    catalog::ShapeConfig shape;
    shape.task = "permutation";
    shape.group = degree;
    shape.length = inputs.size(1);
    shape.vocab = group.order();
    check_generator(check, shape, oracle);
  }
}

void check_selective_copying(Check& check) {
  for (const auto& [name, setting] : check.config().items()) {
    catalog::ShapeConfig shape;
    shape.task = "selective_copying";
    shape.length = setting.at("T").get<std::int64_t>();
    shape.vocab = setting.at("V").get<std::int64_t>();
    shape.copies = setting.at("n").get<std::int64_t>();
    const auto oracle = [&](const std::vector<std::int64_t>& row) {
      return copying_targets(row, shape.vocab, shape.copies);
    };
    const auto inputs = integers(check.input(name + ".input"));
    check.exact(name + ".target", tensor_of(by_rows(inputs, shape.length, oracle)));
    check_generator(check, shape, oracle);
  }
}

}  // namespace scanyard::golden
