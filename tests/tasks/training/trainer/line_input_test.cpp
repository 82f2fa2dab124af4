#include "tasks/training/trainer/line_input.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <thread>

namespace scanyard::training {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> texts(std::deque<LineSplitter::Line> lines) {
  std::vector<std::string> all;
  for (const auto& line : lines)
    all.push_back(line.too_long ? "<too long>" : line.text);
  return all;
}

TEST_CASE("lines are split wherever the bytes are") {
  LineSplitter splitter(100);
  CHECK((texts(splitter.take("ab")) == std::vector<std::string>{}));
  CHECK((texts(splitter.take("c\nd")) == std::vector<std::string>{"abc"}));
  CHECK((texts(splitter.take("\r\n\n")) == std::vector<std::string>{"d", ""}));
  CHECK((texts(splitter.take("x\ny\nz")) == std::vector<std::string>{"x", "y"}));
}

TEST_CASE("a line that is too long is one error, and the next one is read") {
  LineSplitter splitter(4);
  CHECK(texts(splitter.take("12345")).empty());
  CHECK(texts(splitter.take("6789")).empty());
  CHECK((texts(splitter.take("0\nok\n1234\n12345\n")) ==
         std::vector<std::string>{"<too long>", "ok", "1234", "<too long>"}));
}

struct Pipe {
  int ends[2];
  Pipe() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    close_writer();
  }
  void write(const std::string& text) {
    REQUIRE(::write(ends[1], text.data(), text.size()) == ssize_t(text.size()));
  }
  void close_writer() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
};

TEST_CASE("commands and bad lines come in order, and the end is told once all is handed out") {
  Pipe pipe;
  LineInput input(pipe.ends[0], 30s, [] {});
  CHECK_FALSE(input.poll());
  pipe.write("{\"type\":\"quit\"}\ngarbage\n");
  auto first = input.wait();
  REQUIRE(first);
  REQUIRE(*first);
  CHECK(std::holds_alternative<trainer_lines::Quit>(**first));
  auto second = input.wait();
  REQUIRE(second);
  CHECK_FALSE(*second);
  pipe.write("{\"type\":\"quit\"}\nunfinished");
  pipe.close_writer();
  CHECK(input.wait());
  CHECK_FALSE(input.wait());
  CHECK(input.closed());
}

TEST_CASE("an end of input that is ignored too long is reported, one that is heeded is not") {
  std::atomic<int> ignored{0};
  {
    Pipe pipe;
    pipe.close_writer();
    LineInput heeded(pipe.ends[0], 30s, [&] { ++ignored; });
    CHECK_FALSE(heeded.wait());
  }
  CHECK(ignored == 0);
  Pipe pipe;
  pipe.close_writer();
  LineInput stuck(pipe.ends[0], 1ms, [&] { ++ignored; });
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (ignored == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(ignored == 1);
}

}  // namespace
}  // namespace scanyard::training
