//! From values to positions, and the values at which an axis is marked.
#pragma once

#include <string>
#include <vector>

namespace scanyard::web {

struct Range {
  double low = 0, high = 1;
  friend bool operator==(const Range&, const Range&) = default;
};

enum class ScaleKind { linear, logarithmic };

struct Tick {
  double value = 0;
  std::string label;
  friend bool operator==(const Tick&, const Tick&) = default;
};

/// Maps a domain of values onto a range of positions. The range may run downwards, as y does.
class Scale {
 public:
  /// A domain without width is widened around its value; a logarithmic one must lie above 0.
  Scale(ScaleKind kind, Range domain, Range range);

  double operator()(double value) const;
  ScaleKind kind() const { return kind_; }
  Range domain() const { return domain_; }
  Range range() const { return range_; }

  /// About `count` round values inside the domain, ascending: multiples of 1, 2 or 5 times a power
  /// of ten; on a logarithmic scale powers of two (state sizes double) or, over more than twelve
  /// octaves, powers of ten.
  std::vector<Tick> ticks(int count) const;

 private:
  ScaleKind kind_;
  Range domain_;
  Range range_;
};

/// The smallest domain that holds all finite values (above 0 for a logarithmic scale), with a
/// margin of `margin` times its width on both sides; {1, 2} or {0, 1} when there is none.
Range domain_of(const std::vector<double>& values, ScaleKind kind, double margin);

}  // namespace scanyard::web
