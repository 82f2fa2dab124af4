#include "web/plots/legend.hpp"

#include <catch2/catch_test_macros.hpp>

#include <set>

namespace scanyard::web {
namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST_CASE("series of one name share a legend entry, those without a name have none") {
  const Legend legend =
      make_legend({{"a", "", 0}, {"a", "", 0}, {"b", "", 1}, {"", "", 2}}, 0, 0, 600);
  CHECK(count_of(legend.markup, "class=\"entry") == 2);
  CHECK(legend.height > 0);
}

TEST_CASE("a legend without entries takes no room") {
  CHECK(make_legend({{"", "x", 0}}, 0, 0, 600).height == 0);
  CHECK(make_legend({}, 0, 0, 600).markup.empty());
}

TEST_CASE("a legend that is too wide for a line takes several") {
  const std::vector<PlotSeries> series(1, {std::string(30, 'x'), "", 0});
  std::vector<PlotSeries> many;
  for (int i = 0; i < 5; ++i)
    many.push_back({std::string(30, 'x') + std::to_string(i), "", 0});
  CHECK(make_legend(many, 0, 0, 300).height > make_legend(series, 0, 0, 300).height + 60);
}

TEST_CASE("the first sixteen styles all differ in colour, dash or marker") {
  std::set<std::string> styles;
  for (std::size_t style = 0; style < 16; ++style)
    styles.insert(style_classes(style) + marker(style, 0, 0, ""));
  CHECK(styles.size() == 16);
  CHECK(style_classes(3) == "c3");
  CHECK(style_classes(8 + 3) == "c3 dash1");
  CHECK(style_classes(16 + 3) == "c3 dash2");
}

TEST_CASE("a marker's note is escaped text") {
  CHECK(marker(0, 1, 2, "a < b").find("<title>a &lt; b</title>") != std::string::npos);
  CHECK(marker(0, 1, 2, "").find("title") == std::string::npos);
}

TEST_CASE("the width of a text counts characters, not bytes") {
  CHECK(text_width("\u03c3\u03c3") == text_width("ss"));
  CHECK(text_width("") == 0);
}

}  // namespace
}  // namespace scanyard::web
