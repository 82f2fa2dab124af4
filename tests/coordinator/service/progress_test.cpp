#include "coordinator/service/progress.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::service {
namespace {

StateCounts counts(std::uint64_t queued, std::uint64_t running, std::uint64_t finished) {
  StateCounts counts;
  counts.queued = queued;
  counts.running = running;
  counts.finished = finished;
  return counts;
}

TEST_CASE("what is left follows from how fast runs ended of late") {
  ProgressRate rate;
  rate.note(counts(8, 2, 0), {0});
  CHECK_FALSE(rate.seconds_left());
  rate.note(counts(6, 2, 2), {10'000});
  REQUIRE(rate.seconds_left());
  CHECK(*rate.runs_per_s() == 0.2);
  CHECK(*rate.seconds_left() == 40);
}

TEST_CASE("runs that are opened again do not make the rate negative") {
  ProgressRate rate;
  rate.note(counts(0, 2, 8), {0});
  rate.note(counts(5, 2, 3), {10'000});
  CHECK_FALSE(rate.runs_per_s());
}

TEST_CASE("only the last minutes count") {
  ProgressRate rate;
  for (std::int64_t minute = 0; minute <= 20; ++minute)
    rate.note(counts(100, 1, minute < 10 ? 0 : static_cast<std::uint64_t>(6 * (minute - 10))),
              {minute * 60'000});
  CHECK(*rate.runs_per_s() == 0.1);
}

TEST_CASE("a progress line says what is done and what is left") {
  ProgressRate rate;
  rate.note(counts(8, 2, 0), {0});
  rate.note(counts(6, 2, 2), {10'000});
  CHECK(progress_text("s5", counts(6, 2, 2), rate) ==
        "s5: 20 %, 2/10 done, 2 running, 12.0 runs/min, 40.0 s left");
}

TEST_CASE("a bar fills with what has ended and keeps to the terminal's width") {
  const ProgressRate none;
  StateCounts half = counts(3, 2, 3);
  half.failed = 2;
  const auto line = progress_bar("s5", half, none, 80);
  CHECK(line.find(" 50 %") != std::string::npos);
  CHECK(line.find("2 failed") != std::string::npos);
  CHECK(line.size() <= 80);
  CHECK(progress_bar("s5", half, none, 30).size() <= 30);
  CHECK(progress_bar("s5", counts(0, 0, 5), none, 60).find("100 %") != std::string::npos);
}

TEST_CASE("100 percent means that everything has ended") {
  const ProgressRate none;
  CHECK(progress_text("s5", counts(1, 0, 999), none).starts_with("s5: 99 %"));
}

}  // namespace
}  // namespace scanyard::service
