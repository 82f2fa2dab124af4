#include "common/protocol/header.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/protocol/errc.hpp"

namespace scanyard::protocol {
namespace {

TEST_CASE("a header has the documented sixteen bytes") {
  const std::string bytes = encode_header({Kind::results, 0x0102030405060708});
  CHECK(bytes == std::string("SCYD\x00\x01\x00\x05\x01\x02\x03\x04\x05\x06\x07\x08", 16));
  CHECK(decode_header(bytes).value() == Header{Kind::results, 0x0102030405060708});
}

TEST_CASE("a header of another version is refused with both versions") {
  std::string bytes = encode_header({Kind::hello, 1});
  bytes[5] = 9;
  const auto header = decode_header(bytes);
  REQUIRE(!header);
  CHECK(header.error().code() == errc::version);
  CHECK(header.error().message().find("version 9, this program speaks 1") != std::string::npos);
}

TEST_CASE("a frame of another length or magic is no header") {
  const std::string good = encode_header({Kind::hello, 1});
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "x", "GET " + good.substr(4)}) {
    CHECK(decode_header(bad).error().code() == errc::bad_header);
  }
}

TEST_CASE("kinds have words for logs") {
  CHECK(to_text(Kind::hello) == "hello");
  CHECK(to_text(Kind::bye) == "bye");
  CHECK(to_text(Kind::who) == "who");
  CHECK(to_text(static_cast<Kind>(65)) == "client request 65");
  CHECK(to_text(static_cast<Kind>(130)) == "client reply 130");
  CHECK(to_text(static_cast<Kind>(999)) == "kind 999");
}

}  // namespace
}  // namespace scanyard::protocol
