#include "common/utf8.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard {
namespace {

TEST_CASE("well-formed UTF-8 is told from malformed") {
  for (const char* good : {"", "plain", "ä", "€", "𝄞", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    CHECK(is_valid_utf8(good));
  }
  for (const char* bad :
       {"\x80", "\xC3", "\xC3(", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80",
        "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF5", "\xFF", "ok\xE2\x82"}) {
    CHECK_FALSE(is_valid_utf8(bad));
  }
}

TEST_CASE("malformed bytes are replaced one by one") {
  CHECK(to_valid_utf8("a\xFF"
                      "b") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(to_valid_utf8("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(to_valid_utf8("äb") == "äb");
}

TEST_CASE("prefixes and suffixes end at character borders") {
  CHECK(utf8_prefix("aäb", 2) == "a");
  CHECK(utf8_prefix("aäb", 3) == "aä");
  CHECK(utf8_suffix("aäb", 2) == "b");
  CHECK(utf8_suffix("aäb", 3) == "äb");
  CHECK(utf8_suffix("abc", 0).empty());
  CHECK(utf8_prefix("abc", 9) == "abc");
}

}  // namespace
}  // namespace scanyard
