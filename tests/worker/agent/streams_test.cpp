//! Line splitter, log tail and rotating log.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/outbox_reports.hpp"
#include "worker/agent/line_splitter.hpp"
#include "worker/agent/log_tail.hpp"
#include "worker/agent/rotating_log.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

TEST_CASE("lines are the same however the stream is cut") {
  const std::string stream = "one\n\ntwo\nthree four\nrest";
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    LineSplitter splitter(100);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      REQUIRE(splitter.take(stream.substr(at, piece),
                            [&](std::string_view line) { lines.emplace_back(line); }));
    }
    CHECK(lines == std::vector<std::string>{"one", "two", "three four"});
    CHECK(splitter.rest() == "rest");
  }
}

TEST_CASE("a line above the limit is noticed, whole or in pieces") {
  const auto ignore = [](std::string_view) {};
  CHECK(LineSplitter(4).take("1234\n", ignore));
  CHECK_FALSE(LineSplitter(4).take("12345\n", ignore));
  LineSplitter pieces(4);
  CHECK(pieces.take("123", ignore));
  CHECK_FALSE(pieces.take("45", ignore));
}

TEST_CASE("the last lines of a log are kept within their limit, clean") {
  LogTail tail(30);
  for (int i = 0; i < 100; ++i)
    tail.take("line " + std::to_string(i) + "\n");
  CHECK(tail.text() == "line 97\nline 98\nline 99\n");
  tail.take("\x1b[1;31mred\x1b[0m \x07 \xFF end");
  CHECK(tail.text().ends_with("red  \xEF\xBF\xBD end"));
}

TEST_CASE("a progress bar leaves only its last state") {
  LogTail tail(1000);
  tail.take("10%\r20%\r");
  tail.take("30%\r\nnext\r\n");
  CHECK(tail.text() == "30%\nnext\n");
}

TEST_CASE("an endless line costs no more than the limit") {
  LogTail tail(100);
  for (int i = 0; i < 1000; ++i)
    tail.take(std::string(1000, 'x'));
  CHECK(tail.text().size() <= 100);
}

TEST_CASE("a rotating log keeps the newest and never more than twice its limit") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "logs" / "slot-0.log";
  {
    RotatingLog log(file, 100);
    for (int i = 0; i < 50; ++i)
      log.write("this is line " + std::to_string(i) + "\n");
  }
  const std::string newest = read_file(file), older = read_file(file.string() + ".1");
  CHECK(newest.size() <= 100);
  CHECK(older.size() <= 100);
  CHECK((older + newest).find("line 49") != std::string::npos);
  RotatingLog(file, 100).write("again\n");
  CHECK(read_file(file).ends_with("again\n"));
}

}  // namespace
}  // namespace scanyard::worker
