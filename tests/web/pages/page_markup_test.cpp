//! Whatever stands in the data, only the templates' own markup comes out.
#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "tests/web/markup.hpp"
#include "tests/web/visitor.hpp"

namespace scanyard::web {
namespace {

/// All pages of a site, by following every link from the first.
std::vector<std::pair<std::string, std::string>> all_pages(const Visitor& visitor) {
  std::vector<std::pair<std::string, std::string>> pages;
  std::vector<std::string> addresses = {"/"};
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Response response = visitor.get(addresses[i]);
    INFO(addresses[i]);
    REQUIRE(response.status == 200);
    if (header(response, "Content-Type") != "text/html; charset=utf-8") continue;
    pages.emplace_back(addresses[i], response.body);
    static const std::string link = "href=\"/";
    for (std::size_t at = 0; (at = response.body.find(link, at)) != std::string::npos; ++at) {
      const std::size_t from = at + link.size() - 1;
      const std::string address = response.body.substr(from, response.body.find('"', from) - from);
      // Of the hundreds of runs and cells of one kind a few are enough.
      const bool one_of_many =
          (address.starts_with("/runs/") || address.find("/cells/") != address.npos) &&
          addresses.size() > 60;
      if (!one_of_many && std::find(addresses.begin(), addresses.end(), address) == addresses.end())
        addresses.push_back(address);
    }
  }
  return pages;
}

TEST_CASE("every page that a link leads to exists and holds only the site's own markup") {
  for (const auto content : {FakeReadModel::Content::full, FakeReadModel::Content::nothing}) {
    const Visitor visitor(content);
    const auto pages = all_pages(visitor);
    CHECK(pages.size() >= (content == FakeReadModel::Content::full ? 40u : 3u));
    for (const auto& [address, html] : pages) {
      for (const auto& fault : markup_faults(html))
        FAIL_CHECK(address << ": " << fault);
    }
  }
}

TEST_CASE("hostile names and logs are shown as text") {
  const Visitor visitor;
  const std::string sweeps = visible_text(visitor.get("/").body);
  CHECK(sweeps.find("<script>alert('x')</script>\" onload=\"x & \uFFFDred") != std::string::npos);
  const std::string sweep = visible_text(visitor.get("/sweeps/3").body);
  CHECK(sweep.find("</code></pre><script>") != std::string::npos);
  const auto cell = visitor.model.cells({3}).value().at(0);
  const auto run = visitor.model.cell_runs({3}, cell.id).value().at(0);
  const std::string page = visible_text(visitor.get("/runs/" + run.run.hex()).body);
  CHECK(page.find("</pre><script>document.title='taken over'</script>") != std::string::npos);
  CHECK(page.find("$(rm -rf ~); `id`") != std::string::npos);
}

TEST_CASE("the strict reader finds what it must find") {
  CHECK(markup_faults("<p><b>x</b></p>").size() == 1);
  CHECK(markup_faults("<p onclick=\"x\"></p>").size() == 1);
  CHECK(markup_faults("<p style=\"color: red\"></p>").size() == 1);
  CHECK(markup_faults("<script>alert(1)</script>").size() == 1);
  CHECK(markup_faults("<a href=\"javascript:x\"></a>").size() == 1);
  CHECK(markup_faults("<a href=\"//evil.example\"></a>").size() == 1);
  CHECK(markup_faults("<p><span></p></span>").size() == 2);
  CHECK(markup_faults("<p>").size() == 1);
  CHECK(markup_faults("<p>a < b</p>").size() >= 1);
  CHECK(markup_faults("<p class=\"a\">x<br>y</p>").empty());
}

}  // namespace
}  // namespace scanyard::web
