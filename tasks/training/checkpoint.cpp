#include "tasks/training/checkpoint.hpp"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/assert.hpp"
#include "common/text.hpp"
#include "tasks/data/safetensors.hpp"
#include "tasks/training/errc.hpp"

namespace scanyard::training {
namespace {

constexpr const char* format_name = "scanyard-checkpoint";

struct Part {
  const char* prefix;
  at::Tensor ReplicaNumbers::*row;
};
constexpr std::array<Part, 3> parts = {{{"param.", &ReplicaNumbers::values},
                                        {"exp_avg.", &ReplicaNumbers::first_moments},
                                        {"exp_avg_sq.", &ReplicaNumbers::second_moments}}};

template <class T>
data::Tensor slice_of(const at::Tensor& row, const models::ParameterEntry& entry) {
  const std::span<const T> all(row.const_data_ptr<T>(), std::size_t(row.numel()));
  return data::Tensor::of<T>(entry.shape,
                             all.subspan(std::size_t(entry.offset), std::size_t(entry.count)));
}

void put_numbers(data::TensorFile& file, const models::ParameterLayout& layout,
                 const ReplicaNumbers& numbers) {
  for (const Part& part : parts) {
    const at::Tensor row = (numbers.*part.row).to(at::kCPU).contiguous();
    for (const auto& entry : layout.entries()) {
      file.tensors[part.prefix + entry.name] = row.scalar_type() == at::kDouble
                                                   ? slice_of<double>(row, entry)
                                                   : slice_of<float>(row, entry);
    }
  }
}

void put_curve(data::TensorFile& file, const std::vector<EpochPoint>& curve) {
  std::vector<std::int64_t> steps;
  std::vector<double> values;
  for (const auto& point : curve) {
    steps.insert(steps.end(), {point.epoch, point.step});
    values.insert(values.end(), {point.train_loss, point.test_accuracy, point.test_micro_accuracy,
                                 point.test_perplexity});
  }
  const auto rows = std::int64_t(curve.size());
  file.tensors["curve.steps"] = data::Tensor::of<std::int64_t>({rows, 2}, steps);
  file.tensors["curve.values"] = data::Tensor::of<double>({rows, 4}, values);
}

/// Reads a file's content; the first thing that is wrong becomes the error.
class Reader {
 public:
  Reader(const data::TensorFile& file, const models::ParameterLayout& layout)
      : file_(file), layout_(layout) {}

  std::string problem;  ///< empty while all is well

  std::string text(const std::string& key) {
    const auto found = file_.metadata.find(key);
    if (found != file_.metadata.end()) return found->second;
    wrong(fmt::format("it has no '{}'", key));
    return {};
  }

  template <class Number>
  Number number(const std::string& key) {
    const std::string value = text(key);
    Number parsed{};
    const auto end = value.data() + value.size();
    const auto result = std::from_chars(value.data(), end, parsed);
    if (result.ec != std::errc() || result.ptr != end)
      wrong(fmt::format("its '{}' is no number: '{}'", key, value));
    return parsed;
  }

  const data::Tensor* tensor(const std::string& name, const std::vector<std::int64_t>& shape,
                             data::Dtype dtype) {
    const auto found = file_.tensors.find(name);
    if (found == file_.tensors.end()) {
      wrong(fmt::format("it has no tensor '{}'", name));
    } else if (found->second.shape != shape || found->second.dtype != dtype) {
      wrong(fmt::format("its tensor '{}' has another type or shape than this model's", name));
    } else {
      return &found->second;
    }
    return nullptr;
  }

  void require(const std::string& key, const std::string& expected) {
    const std::string value = text(key);
    if (value != expected)
      wrong(fmt::format("its '{}' is '{}' instead of '{}'", key, value, expected));
  }

  /// Members sorted, so that spelling and order do not matter.
  void require_json(const std::string& key, const std::string& expected) {
    const auto theirs = nlohmann::json::parse(text(key), nullptr, false);
    const auto ours = nlohmann::json::parse(expected, nullptr, false);
    if (theirs.is_discarded() || theirs != ours)
      wrong(fmt::format("its '{}' is {} instead of {}", key, text(key), expected));
  }

  std::vector<EpochPoint> curve() {
    const auto found = file_.tensors.find("curve.steps");
    if (found == file_.tensors.end() || found->second.shape.size() != 2) {
      wrong("it has no curve");
      return {};
    }
    const std::int64_t rows = found->second.shape[0];
    const auto* steps = tensor("curve.steps", {rows, 2}, data::Dtype::i64);
    const auto* values = tensor("curve.values", {rows, 4}, data::Dtype::f64);
    std::vector<EpochPoint> points;
    for (std::size_t i = 0; steps != nullptr && values != nullptr && i < std::size_t(rows); ++i) {
      const auto at = steps->as<std::int64_t>().subspan(2 * i, 2);
      const auto of = values->as<double>().subspan(4 * i, 4);
      points.push_back({std::int32_t(at[0]), at[1], of[0], of[1], of[2], of[3]});
      if (at[0] != std::int64_t(i) + 1) wrong("its curve's epochs are not numbered from 1");
    }
    return points;
  }

  ReplicaNumbers numbers() {
    ReplicaNumbers all;
    for (const Part& part : parts) {
      at::Tensor& row = all.*part.row;
      row = at::zeros({layout_.row_elements()}, at::kFloat);
      for (const auto& entry : layout_.entries()) {
        const auto* values = tensor(part.prefix + entry.name, entry.shape, data::Dtype::f32);
        if (values == nullptr) return {};
        const auto from = values->as<float>();
        std::copy(from.begin(), from.end(), row.mutable_data_ptr<float>() + entry.offset);
      }
    }
    return all;
  }

 private:
  void wrong(std::string what) {
    if (problem.empty()) problem = std::move(what);
  }

  const data::TensorFile& file_;
  const models::ParameterLayout& layout_;
};

}  // namespace

std::string checkpoint_path(const std::string& folder, const RunId& run) {
  return folder + "/" + run.hex() + ".safetensors";
}

Result<void> write_checkpoint(const std::string& path, const CheckpointIdentity& identity,
                              const models::ParameterLayout& layout, const RunState& state) {
  SCANYARD_ASSERT(state.numbers.has_value(), "a run that has not started has no checkpoint");
  data::TensorFile file;
  put_numbers(file, layout, *state.numbers);
  put_curve(file, state.progress.curve);
  file.metadata = {{"format", format_name},
                   {"version", checkpoint_version},
                   {"run", identity.run.hex()},
                   {"shape", identity.shape_json},
                   {"values", identity.values_json},
                   {"steps_done", std::to_string(state.progress.steps_done)},
                   {"train_s", canonical_number(state.progress.train_s)}};
  if (auto written = data::write_safetensors(path, file); !written)
    return fail(errc::checkpoint_not_written, written.error().to_string());
  return {};
}

Result<RunState> read_checkpoint(const std::string& path, const CheckpointIdentity& identity,
                                 const models::ParameterLayout& layout) {
  const auto file = data::read_safetensors(path);
  if (!file) return fail(errc::bad_checkpoint, file.error().to_string());
  Reader reader(*file, layout);
  reader.require("format", format_name);
  reader.require("version", checkpoint_version);
  reader.require("run", identity.run.hex());
  reader.require_json("shape", identity.shape_json);
  reader.require_json("values", identity.values_json);
  RunState state;
  state.run = identity.run;
  state.progress.steps_done = reader.number<std::int64_t>("steps_done");
  state.progress.train_s = reader.number<double>("train_s");
  state.progress.curve = reader.curve();
  state.numbers = reader.numbers();
  if (!reader.problem.empty()) {
    return fail(errc::bad_checkpoint,
                fmt::format("{} is no checkpoint of this run: {}", path, reader.problem));
  }
  return state;
}

}  // namespace scanyard::training
