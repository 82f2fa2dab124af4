#include "common/yaml/node.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "common/yaml/errc.hpp"

namespace scanyard::yaml {
namespace {

using Catch::Matchers::ContainsSubstring;

Error error_of(std::string_view text) {
  auto document = parse(text, "a.yaml");
  REQUIRE_FALSE(document);
  return document.error();
}

TEST_CASE("a mapping keeps the order and the lines of the file") {
  const auto document = parse("b: 1\n# comment\na: [x, 'y']\nc:\n", "a.yaml");
  REQUIRE(document);
  const Node& root = document->root;
  REQUIRE(root.entries.size() == 3);
  CHECK(root.entries[0].key == "b");
  CHECK(root.entries[1].line == 3);
  CHECK_FALSE(root.entries[1].value.items[0].quoted);
  CHECK(root.entries[1].value.items[1].quoted);
  CHECK(root.entries[2].value.is_null());
  CHECK(root.find("a")->items[1].text == "y");
  CHECK(root.find("d") == nullptr);
}

TEST_CASE("a key that stands twice is an error that names both lines") {
  const Error error = error_of("m: 1\nlr: 2\nm: 3\n");
  CHECK(error.code() == errc::doubled_key);
  CHECK(error.to_string() ==
        "a.yaml:3: the key 'm' stands here a second time; the first is in line 1");
  CHECK(error_of("a: {x: 1, y: 2, x: 3}").code() == errc::doubled_key);
  CHECK(error_of("a: 1\n'a': 2\n").code() == errc::doubled_key);
}

TEST_CASE("text that is no YAML is an error with the line") {
  for (const char* text :
       {"a: [1, 2\n", "a: 'x\n", "a: b: c\n", "\t- a\n", "a: *nowhere\n", "- a\nb: c\n"}) {
    INFO(text);
    const Error error = error_of(text);
    CHECK(error.code() == errc::syntax);
    CHECK_THAT(error.message(), ContainsSubstring("a.yaml:"));
  }
}

TEST_CASE("a quote that is never closed does not swallow the rest of the file") {
  for (const char* text : {"a: 'x\nb: 1\n", "a: \"x\nb: 1\n\n", "a: ['x, y]\n  \n"}) {
    INFO(text);
    CHECK(error_of(text).code() == errc::syntax);
  }
}

TEST_CASE("a file without content is a null root") {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n"}) {
    const auto document = parse(text, "a.yaml");
    REQUIRE(document);
    CHECK(document->root.is_null());
  }
}

TEST_CASE("a second document, a tag and a composed key are refused") {
  CHECK(error_of("a: 1\n---\nb: 2\n").code() == errc::syntax);
  CHECK(error_of("a: !!int 5\n").code() == errc::syntax);
  CHECK(error_of("a: !thing {x: 1}\n").code() == errc::syntax);
  CHECK(error_of("[a, b]: 1\n").code() == errc::syntax);
}

TEST_CASE("aliases are filled in") {
  const auto document = parse("grid: &lr [1, 2]\nagain: *lr\n", "a.yaml");
  REQUIRE(document);
  CHECK(document->root.find("again")->items.size() == 2);
}

TEST_CASE("an alias within its own anchor is refused") {
  CHECK(error_of("a: &x [1, *x]\n").code() == errc::syntax);
}

TEST_CASE("aliases that multiply are refused before they fill the memory") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int k = 1; k < 10; ++k)
      text += ", " + last;
    text += "]\n";
  }
  CHECK(error_of(text).code() == errc::too_large);
}

TEST_CASE("nesting without end is refused") {
  CHECK(error_of("a: " + std::string(2000, '[') + std::string(2000, ']')).code() ==
        errc::too_large);
}

TEST_CASE("bytes that are no text are refused with their line") {
  CHECK(error_of("a: 1\nb: \xff\n").to_string() == "a.yaml:2: the file is not UTF-8 text");
  CHECK(error_of(std::string("a: 1\n\0b: 2\n", 11)).code() == errc::syntax);
  CHECK(error_of("a: \xc0\xaf\n").code() == errc::syntax);
  CHECK(error_of("a: \xed\xa0\x80\n").code() == errc::syntax);
  CHECK(error_of("a: \xe2\x82").code() == errc::syntax);
  CHECK(parse("a: \"\xe2\x82\xac \xf0\x9f\x8c\x8d\"\n", "a.yaml").has_value());
}

TEST_CASE("a file beyond the size limit is refused") {
  CHECK(error_of(std::string(bytes_max + 1, ' ')).code() == errc::too_large);
}

}  // namespace
}  // namespace scanyard::yaml
