#include "common/spec/axis_range.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "common/spec/axis_values.hpp"
#include "common/spec/errc.hpp"
#include "common/spec/grammar.hpp"
#include "common/text.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::spec {
namespace {

/// A range as it stands in the file.
struct Range {
  bool log = false;
  double first = 0;
  double last = 0;
  std::optional<std::int64_t> count;
  std::optional<double> stride;  ///< step or factor
  int digits = 12;
};

/// Reads the fields and checks what can be said of each alone.
class RangeReader {
 public:
  RangeReader(const std::string& source, const yaml::Node& node, const std::string& path)
      : source_(source), node_(node), path_(path) {}

  Result<Range> read() {
    std::optional<std::vector<double>> log, linear;
    std::optional<double> step, factor;
    std::optional<std::int32_t> digits;
    Range range;
    yaml::Mapping fields(source_, node_, path_);
    fields.optional("log", log);
    fields.optional("linear", linear);
    fields.optional("count", range.count);
    fields.optional("step", step);
    fields.optional("factor", factor);
    fields.optional("digits", digits);
    if (auto done = fields.finish(); !done) return propagate(done);

    if (log.has_value() == linear.has_value()) {
      return bad("a range has either 'log' or 'linear', as in {log: [1e-4, 1e-2], count: 5}");
    }
    range.log = log.has_value();
    const auto& ends = log ? *log : *linear;
    if (ends.size() != 2) return bad("a range has two ends: [first, last]");
    range.first = ends[0];
    range.last = ends[1];
    if ((range.log && step) || (!range.log && factor)) {
      return bad("'step' belongs to 'linear' and 'factor' to 'log'");
    }
    range.stride = range.log ? factor : step;
    range.digits = digits.value_or(range.log ? 3 : 12);
    return check(range);
  }

  tl::unexpected<Error> bad(const std::string& why) const {
    return yaml::fail_at(errc::bad_axis, source_, node_.line, fmt::format("'{}': {}", path_, why));
  }

 private:
  Result<Range> check(const Range& range) const {
    if (range.digits < 1 || range.digits > digits_max) {
      return bad(fmt::format("'digits' is from 1 to {}", digits_max));
    }
    if (range.log && (range.first <= 0 || range.last <= 0)) {
      return bad("the ends of a log range are above 0");
    }
    if (range.first == range.last) return bad("the ends of a range differ");
    if (range.count.has_value() == range.stride.has_value()) {
      return bad(range.log ? "give either 'count' or 'factor'" : "give either 'count' or 'step'");
    }
    if (range.count && (*range.count < 2 || *range.count > std::int64_t(axis_values_max))) {
      return bad(fmt::format("'count' is from 2 to {}", with_thousands(axis_values_max)));
    }
    if (range.stride && range.log && *range.stride <= 1) return bad("'factor' is above 1");
    if (range.stride && !range.log && *range.stride <= 0) return bad("'step' is above 0");
    return range;
  }

  const std::string& source_;
  const yaml::Node& node_;
  const std::string& path_;
};

/// The value at a share of the way from first to last.
double between(const Range& range, double share) {
  if (range.log) return range.first * std::pow(range.last / range.first, share);
  return range.first + (range.last - range.first) * share;
}

/// How many strides fit between the ends; a little slack takes in an end that rounding missed.
double strides_within(const Range& range) {
  const double slack = 1e-9;
  if (range.log) {
    return std::floor(std::abs(std::log(range.last / range.first)) / std::log(*range.stride) +
                      slack);
  }
  return std::floor(std::abs(range.last - range.first) / *range.stride + slack);
}

double after_strides(const Range& range, double strides) {
  const double sign = range.last > range.first ? 1 : -1;
  if (range.log) return range.first * std::pow(*range.stride, sign * strides);
  return range.first + sign * strides * *range.stride;
}

double rounded(const Range& range, ValueType type, double value) {
  if (type == ValueType::integer) return std::round(value);
  return round_to_digits(value, range.digits);
}

}  // namespace

Result<std::vector<double>> read_range(const std::string& source, const yaml::Node& node,
                                       const std::string& path, ValueType type) {
  RangeReader reader(source, node, path);
  auto range = reader.read();
  if (!range) return propagate(range);
  if (type == ValueType::integer &&
      (std::round(range->first) != range->first || std::round(range->last) != range->last)) {
    return reader.bad("the ends must be whole numbers");
  }
  std::vector<double> numbers{range->first};
  if (range->count) {
    const double last = double(*range->count - 1);
    for (double i = 1; i < last; ++i) {
      numbers.push_back(rounded(*range, type, between(*range, i / last)));
    }
    numbers.push_back(range->last);
    return numbers;
  }
  const double strides = strides_within(*range);
  if (!(strides < double(axis_values_max))) {
    return reader.bad(
        fmt::format("an axis has at most {} values", with_thousands(axis_values_max)));
  }
  for (double i = 1; i <= strides; ++i) {
    numbers.push_back(rounded(*range, type, after_strides(*range, i)));
  }
  return numbers;
}

}  // namespace scanyard::spec
