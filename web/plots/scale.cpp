#include "web/plots/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/assert.hpp"
#include "common/text.hpp"
#include "web/format.hpp"

namespace scanyard::web {
namespace {

constexpr double octaves_max = 12;

double projected(ScaleKind kind, double value) {
  return kind == ScaleKind::logarithmic ? std::log2(value) : value;
}

Range widened(ScaleKind kind, Range domain) {
  if (domain.low < domain.high) return domain;
  if (kind == ScaleKind::logarithmic) return {domain.low / 2, domain.low * 2};
  const double half = domain.low == 0 ? 0.5 : std::abs(domain.low) / 2;
  return {domain.low - half, domain.low + half};
}

std::vector<Tick> linear_ticks(Range domain, int count) {
  const double rough = (domain.high - domain.low) / std::max(count, 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power * 10;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * 0.999) {
      step = factor * power;
      break;
    }
  }
  const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 12);
  std::vector<Tick> ticks;
  // Whole multiples of the step, so that no rounding error adds up along the axis.
  const auto last = static_cast<long long>(std::floor(domain.high / step + 1e-9));
  for (auto k = static_cast<long long>(std::ceil(domain.low / step - 1e-9)); k <= last; ++k) {
    const double value = static_cast<double>(k) * step;
    const bool large = decimals == 0 && std::abs(value) < 1e15;
    ticks.push_back({value, large && std::abs(value) >= 10'000 ? with_thousands(std::llround(value))
                                                               : fixed(value, decimals)});
  }
  return ticks;
}

std::vector<Tick> log_ticks(Range domain, int count) {
  const double octaves = std::log2(domain.high / domain.low);
  const double base = octaves > octaves_max ? 10 : 2;
  const double exponent_low = std::ceil(std::log(domain.low) / std::log(base) - 1e-9);
  const double exponent_high = std::floor(std::log(domain.high) / std::log(base) + 1e-9);
  const double stride = std::max(1.0, std::ceil((exponent_high - exponent_low + 1) / count));
  std::vector<Tick> ticks;
  for (double e = exponent_low; e <= exponent_high; e += stride) {
    const double value = std::pow(base, e);
    ticks.push_back({value, canonical_number(value)});
  }
  // Less than one power of the base inside: the ends say where the axis is.
  if (ticks.size() < 2) {
    return {{domain.low, significant(domain.low, 3)}, {domain.high, significant(domain.high, 3)}};
  }
  return ticks;
}

}  // namespace

Scale::Scale(ScaleKind kind, Range domain, Range range)
    : kind_(kind), domain_(widened(kind, domain)), range_(range) {
  SCANYARD_ASSERT(std::isfinite(domain_.low) && std::isfinite(domain_.high),
                  "a scale needs a finite domain");
  SCANYARD_ASSERT(kind != ScaleKind::logarithmic || domain_.low > 0,
                  "a logarithmic scale needs values above 0");
}

double Scale::operator()(double value) const {
  const double low = projected(kind_, domain_.low);
  const double high = projected(kind_, domain_.high);
  const double share = (projected(kind_, value) - low) / (high - low);
  return range_.low + share * (range_.high - range_.low);
}

std::vector<Tick> Scale::ticks(int count) const {
  SCANYARD_ASSERT(count > 0, "an axis needs at least one mark");
  return kind_ == ScaleKind::logarithmic ? log_ticks(domain_, count) : linear_ticks(domain_, count);
}

Range domain_of(const std::vector<double>& values, ScaleKind kind, double margin) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (!std::isfinite(value) || (kind == ScaleKind::logarithmic && value <= 0)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return kind == ScaleKind::logarithmic ? Range{1, 2} : Range{0, 1};
  const Range tight = widened(kind, {low, high});
  if (kind == ScaleKind::logarithmic) {
    const double factor = std::pow(tight.high / tight.low, margin);
    return {tight.low / factor, tight.high * factor};
  }
  const double extra = (tight.high - tight.low) * margin;
  return {tight.low - extra, tight.high + extra};
}

}  // namespace scanyard::web
