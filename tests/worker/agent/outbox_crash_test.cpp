//! kill -9 in the middle of writing: what was said to be stored is there, each once.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/outbox_reports.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

/// Writes pairs of reports for ever, the odd one of which is then acknowledged; tells through the
/// pipe what is durable.
[[noreturn]] void write_until_killed(const std::filesystem::path& file, int told,
                                     std::int64_t first) {
  Outbox::Opened found;
  auto outbox = Outbox::open(file, found);
  if (!outbox) ::_exit(1);
  for (std::int64_t number = first;; number += 2) {
    if (!outbox->append({report(number, 500), report(number + 1, 500)})) ::_exit(2);
    const std::int64_t stored[] = {number, number + 1};
    if (::write(told, stored, sizeof stored) != sizeof stored) ::_exit(3);
    if (!outbox->forget({key_of(report(number))})) ::_exit(4);
  }
}

std::set<std::int64_t> read_numbers(int from) {
  std::set<std::int64_t> numbers;
  std::int64_t number = 0;
  while (::read(from, &number, sizeof number) == sizeof number)
    numbers.insert(number);
  return numbers;
}

void check_rounds(int rounds, std::uint64_t seed) {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  std::mt19937_64 bits(seed);
  CAPTURE(seed);
  std::set<std::int64_t> stored;
  for (int round = 0; round < rounds; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const std::int64_t first = stored.empty() ? 1 : (*stored.rbegin() / 2 + 10) * 2 + 1;
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(file, ends[1], first);
    ::close(ends[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(bits() % 30'000));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    for (const auto number : read_numbers(ends[0]))
      stored.insert(number);
    ::close(ends[0]);

    const auto found = numbers_in(file);
    const std::set<std::int64_t> unique(found.begin(), found.end());
    REQUIRE(unique.size() == found.size());
    // Odd ones may have been acknowledged; even ones never were and must all be there.
    for (const auto number : stored) {
      if (number % 2 == 0) REQUIRE(unique.contains(number));
    }
  }
}

TEST_CASE("kill -9 at any moment loses nothing that was stored and doubles nothing") {
  check_rounds(15, 7);
}

TEST_CASE("kill -9 at many more moments", "[long]") {
  check_rounds(600, 99);
}

}  // namespace
}  // namespace scanyard::worker
