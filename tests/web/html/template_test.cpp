#include "web/html/template.hpp"

#include <catch2/catch_test_macros.hpp>

#include "web/assets.hpp"

namespace scanyard::web {
namespace {

TEST_CASE("text that is given to a template is escaped, markup is not") {
  const Html html = render(
      "main.html", {{"change", "7"}, {"title", "<a> \"b\""}, {"content", Html{"<p>ready</p>"}}});
  CHECK(html.text ==
        "<main id=\"main\" data-change=\"7\" data-title=\"&lt;a&gt; &quot;b&quot;\">\n"
        "<p>ready</p>\n</main>\n");
}

TEST_CASE("text that looks like a template is text") {
  const Html html = render(
      "main.html", {{"change", "{{title}}"}, {"title", "{{{content}}}"}, {"content", "{{#x}}"}});
  CHECK(html.text ==
        "<main id=\"main\" data-change=\"{{title}}\" data-title=\"{{{content}}}\">\n"
        "{{#x}}\n</main>\n");
}

TEST_CASE("templates, styles and scripts are inside the program") {
  for (const char* name :
       {"layout.html", "sweep.html", "style.css", "plot.css", "live.js", "icon.svg"}) {
    INFO(name);
    REQUIRE(asset(name).has_value());
    CHECK(asset(name)->size() > 100);
  }
  CHECK_FALSE(asset("../CMakeLists.txt").has_value());
  CHECK_FALSE(asset("").has_value());
}

TEST_CASE("nothing of the site is loaded from elsewhere") {
  for (const char* name : {"layout.html", "style.css", "plot.css", "live.js"}) {
    const std::string text(asset(name).value());
    INFO(name);
    CHECK(text.find("http://") == std::string::npos);
    CHECK(text.find("https://") == std::string::npos);
    CHECK(text.find("@import") == std::string::npos);
    CHECK(text.find("@font-face") == std::string::npos);
  }
}

}  // namespace
}  // namespace scanyard::web
