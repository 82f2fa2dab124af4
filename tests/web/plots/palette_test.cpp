//! Colours of plot.css and style.css: contrast against their backgrounds (WCAG 2.2, 1.4.3 and
//! 1.4.11) and distance between series for people who do not tell red from green.
#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <regex>

#include "web/assets.hpp"
#include "web/plots/line_plot.hpp"

namespace scanyard::web {
namespace {

using Colour = std::array<double, 3>;  // linear light, 0..1
using Palette = std::map<std::string, Colour>;

double linear(int value) {
  const double share = value / 255.0;
  return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

Colour parse(const std::string& hex) {
  const auto part = [&](std::size_t at) {
    return linear(std::stoi(hex.substr(at, 2), nullptr, 16));
  };
  return {part(0), part(2), part(4)};
}

/// The n-th :root block of a style sheet: 0 light, 1 dark, 2 print.
Palette palette(const char* file, std::size_t n) {
  const std::string css(asset(file).value());
  std::size_t at = 0;
  for (std::size_t i = 0; i <= n; ++i)
    at = css.find(":root {", at) + 1;
  const std::string block = css.substr(at, css.find('}', at) - at);
  static const std::regex variable(R"(--([a-z0-9-]+): #([0-9a-f]{6});)");
  Palette colours;
  for (std::sregex_iterator i(block.begin(), block.end(), variable), end; i != end; ++i)
    colours[(*i)[1]] = parse((*i)[2]);
  return colours;
}

double luminance(const Colour& c) {
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

double contrast(const Colour& a, const Colour& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

/// How a colour looks to people without green cones (Machado, Oliveira, Fernandes: IEEE TVCG 15,
/// 2009, severity 1) or, with the second matrix, without red ones.
Colour seen(const Colour& c, bool without_green) {
  static constexpr double green[3][3] = {{0.367322, 0.860646, -0.227968},
                                         {0.280085, 0.672501, 0.047413},
                                         {-0.011820, 0.042940, 0.968881}};
  static constexpr double red[3][3] = {{0.152286, 1.052583, -0.204868},
                                       {0.114503, 0.786281, 0.099216},
                                       {-0.003882, -0.048116, 1.051998}};
  const auto& m = without_green ? green : red;
  Colour result;
  for (std::size_t i = 0; i < 3; ++i)
    result[i] = std::clamp(m[i][0] * c[0] + m[i][1] * c[1] + m[i][2] * c[2], 0.0, 1.0);
  return result;
}

/// Distance in CIE L*a*b* (1976), D65.
double distance(const Colour& a, const Colour& b) {
  const auto lab = [](const Colour& c) {
    const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
    const double x = f((0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.95047);
    const double y = f(luminance(c));
    const double z = f((0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.08883);
    return Colour{116 * y - 16, 500 * (x - y), 200 * (y - z)};
  };
  const Colour p = lab(a), q = lab(b);
  return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

TEST_CASE("every line of a plot stands out from its background in light, dark and print") {
  for (std::size_t version = 0; version < 3; ++version) {
    const Palette colours = palette("plot.css", version);
    REQUIRE(colours.size() == 12);
    for (const auto& [name, colour] : colours) {
      if (name == "plot-grid" || name == "plot-background") continue;
      const double needed = name.starts_with("series") ? 3.0 : 4.5;
      INFO(fmt::format("version {}, {}", version, name));
      CHECK(contrast(colour, colours.at("plot-background")) >= needed);
    }
  }
}

TEST_CASE("lines of a plot can be told apart without red or green cones, the first five well") {
  for (std::size_t version = 0; version < 3; ++version) {
    const Palette colours = palette("plot.css", version);
    for (std::size_t a = 0; a < plot_colours; ++a) {
      for (std::size_t b = a + 1; b < plot_colours; ++b) {
        const Colour& x = colours.at(fmt::format("series-{}", a));
        const Colour& y = colours.at(fmt::format("series-{}", b));
        INFO(fmt::format("version {}: series {} and {}", version, a, b));
        CHECK(distance(x, y) > 20);
        CHECK(distance(seen(x, true), seen(y, true)) > (b < 5 ? 20 : 10));
        CHECK(distance(seen(x, false), seen(y, false)) > (b < 5 ? 20 : 10));
      }
    }
  }
}

TEST_CASE("text is readable on every background that it stands on") {
  for (std::size_t version = 0; version < 3; ++version) {
    Palette colours = palette("style.css", version);
    if (version == 2) colours.merge(palette("style.css", 0));
    const std::pair<const char*, std::vector<const char*>> pairs[] = {
        {"background", {"text", "faint", "link", "bad"}},
        {"raised", {"text", "faint", "link"}},
        {"good-soft", {"good", "text"}},
        {"warn-soft", {"warn", "text"}},
        {"bad-soft", {"bad", "text"}},
        {"note-soft", {"link", "text"}}};
    for (const auto& [background, texts] : pairs) {
      for (const char* text : texts) {
        INFO(fmt::format("version {}: {} on {}", version, text, background));
        CHECK(contrast(colours.at(text), colours.at(background)) >= 4.5);
      }
    }
  }
}

}  // namespace
}  // namespace scanyard::web
