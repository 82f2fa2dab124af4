#include "web/pages/coordinator_page.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/web/markup.hpp"

namespace scanyard::web {
namespace {

ServerStatus status_with(std::vector<Counter> counters) {
  ServerStatus status;
  status.counters = std::move(counters);
  return status;
}

TEST_CASE("what a coordinator does all day is kept apart from what is worth a look") {
  const std::string html =
      coordinator_page(status_with({{"net.received", "messages received", 12'345},
                                    {"net.unknown_key", "handshakes refused", 2},
                                    {"protocol.replayed", "messages dropped", 0},
                                    {"core.new_kind", "nobody has thought of it yet", 1}}))
          .content.text;
  CHECK(markup_faults(html).empty());
  const std::size_t traffic = html.find("<h2>Traffic</h2>");
  REQUIRE(traffic != std::string::npos);
  CHECK(html.find("count-net.received") > traffic);
  CHECK(html.find("count-net.unknown_key") < traffic);
  CHECK(html.find("count-core.new_kind") < traffic);
  CHECK(html.find("<span class=\"chip warn\">2</span>") < traffic);
  CHECK(html.find("<span class=\"chip warn\">1</span>") < traffic);
  CHECK(html.find("<td class=\"number\">0</td>") < traffic);
  CHECK(html.find("<td class=\"number\">12,345</td>") > traffic);
}

TEST_CASE("a coordinator without counters says so") {
  const std::string html = coordinator_page(status_with({})).content.text;
  CHECK(html.find("counts nothing yet") != std::string::npos);
  CHECK(html.find("<table") == std::string::npos);
}

}  // namespace
}  // namespace scanyard::web
