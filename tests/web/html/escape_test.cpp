#include "web/html/escape.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/utf8.hpp"
#include "tests/support/rapidcheck_catch2.hpp"

namespace scanyard::web {
namespace {

TEST_CASE("markup becomes text") {
  CHECK(escaped("<b a=\"1\" c='2'>&amp;").text ==
        "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
}

TEST_CASE("text of any language stays as it is") {
  const std::string text = "\u00e9 \u03c3\u2099 \u4e2d\u6587 \U0001F600 \u05d0\tx\ny";
  CHECK(cleaned(text) == text);
}

TEST_CASE("colours of a terminal are dropped, other control characters are shown as unknown") {
  CHECK(cleaned("\x1b[31mred\x1b[0m \x1b[1;38;5;2mgreen") == "red green");
  CHECK(cleaned("bell\x07 \x1b]0;title\x07") == "bell\uFFFD \uFFFD]0;title\uFFFD");
  CHECK(cleaned("cut \x1b[3") == "cut \uFFFD[3");
  CHECK(cleaned("a\r\nb\rc") == "a\nb\uFFFDc");
  CHECK(cleaned(std::string_view("nul\0byte", 8)) ==
        "nul\uFFFD"
        "byte");
  CHECK(cleaned("\xC2\x9B") == "\uFFFD");
}

TEST_CASE("what changes the direction of text is shown as unknown") {
  CHECK(cleaned("\u202Eabc\u2066\u200F") == "\uFFFDabc\uFFFD\uFFFD");
}

TEST_CASE("broken UTF-8 becomes one unknown character a byte and hides nothing after it") {
  CHECK(cleaned("\xC0\xAF<") == "\uFFFD\uFFFD<");
  CHECK(cleaned("\xE2\x82") == "\uFFFD\uFFFD");
  CHECK(cleaned("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");
  CHECK(cleaned("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(escaped("\xE2<script>").text == "\uFFFD&lt;script&gt;");
}

TEST_CASE("whatever bytes come in, valid and harmless text comes out") {
  check_property("escaped text is harmless", [](const std::string& bytes) {
    const std::string text = escaped(bytes).text;
    RC_ASSERT(text.find_first_of("<>\"'") == std::string::npos);
    for (const char c : text)
      RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
    RC_ASSERT(is_valid_utf8(text));
    RC_ASSERT(escaped(cleaned(bytes)).text == text);
  });
}

}  // namespace
}  // namespace scanyard::web
