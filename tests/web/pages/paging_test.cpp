#include "web/pages/paging.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/web/markup.hpp"

namespace scanyard::web {
namespace {

std::string address(std::size_t first) {
  return "/x?row=" + std::to_string(first) + "&y=1";
}

TEST_CASE("a part holds the index that was asked for, or is the last") {
  CHECK(part_at(0, 100, 30).end == 30);
  CHECK(part_at(31, 100, 30).first == 30);
  CHECK(part_at(99, 100, 30).first == 90);
  CHECK(part_at(99, 100, 30).end == 100);
  CHECK(part_at(5000, 100, 30).first == 90);
  CHECK(part_at(30, 60, 30).end == 60);
  CHECK(part_at(60, 60, 30).first == 30);
  CHECK(part_at(7, 0, 30).end == 0);
}

TEST_CASE("what is shown whole has no links to parts") {
  CHECK(part_links("Rows", part_at(0, 30, 30), address).text.empty());
  CHECK(part_links("Rows", part_at(0, 0, 30), address).text.empty());
}

TEST_CASE("links lead to the parts before and after, and exist only where there are any") {
  const std::string start = part_links("Rows", part_at(0, 4000, 60), address).text;
  CHECK(visible_text(start) == "Rows 1 to 60 of 4,000: next last\n");
  CHECK(start.find("href=\"/x?row=60&amp;y=1\">next") != std::string::npos);
  CHECK(start.find("href=\"/x?row=3960&amp;y=1\">last") != std::string::npos);
  const std::string middle = part_links("Rows", part_at(120, 4000, 60), address).text;
  CHECK(middle.find("href=\"/x?row=60&amp;y=1\">previous") != std::string::npos);
  CHECK(visible_text(part_links("Rows", part_at(3999, 4000, 60), address).text) ==
        "Rows 3,961 to 4,000 of 4,000: first previous\n");
  CHECK(markup_faults(middle).empty());
}

}  // namespace
}  // namespace scanyard::web
