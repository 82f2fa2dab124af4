#include "worker/agent/outbox.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/outbox_reports.hpp"
#include "worker/agent/errc.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

TEST_CASE("what is appended is found again, what is acknowledged is not") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  {
    Outbox::Opened found;
    auto outbox = Outbox::open(file, found);
    REQUIRE(outbox);
    CHECK(found.reports.empty());
    REQUIRE(outbox->append({report(1), report(2)}));
    REQUIRE(outbox->append({report(3)}));
    REQUIRE(outbox->forget({key_of(report(2))}));
  }
  CHECK(numbers_in(file) == std::vector<std::int64_t>{1, 3});
}

TEST_CASE("reports come back as they were") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  Outbox::Opened found;
  REQUIRE(Outbox::open(file, found)->append({report(5)}));
  REQUIRE(Outbox::open(file, found));
  REQUIRE(found.reports.size() == 1);
  CHECK(found.reports[0].run == report(5).run);
  CHECK(found.reports[0].message == report(5).message);
  CHECK(found.reports[0].curve == report(5).curve);
}

TEST_CASE("cut off at any byte, the whole records before are found and new ones follow them") {
  std::string bytes(outbox_magic);
  std::vector<std::size_t> ends;
  for (int i = 1; i <= 3; ++i) {
    bytes += encode_report_record(report(i));
    ends.push_back(bytes.size());
  }
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    CAPTURE(size);
    std::vector<std::int64_t> expected;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i] <= size) expected.push_back(static_cast<std::int64_t>(i) + 1);
    }
    const auto scan = scan_outbox(bytes.substr(0, size));
    REQUIRE(scan);
    REQUIRE(scan->reports.size() == expected.size());
    REQUIRE(scan->damaged_bytes == 0);
    if (size % 61 != 0) continue;  // files only now and then: every append waits for the disk
    write_file(file, bytes.substr(0, size));
    Outbox::Opened found;
    REQUIRE(Outbox::open(file, found)->append({report(9)}));
    expected.push_back(9);
    REQUIRE(numbers_in(file) == expected);
  }
}

TEST_CASE("a flipped bit anywhere costs at most the record that it is in") {
  std::string bytes(outbox_magic);
  for (int i = 1; i <= 3; ++i)
    bytes += encode_report_record(report(i));
  for (std::size_t at = outbox_magic.size(); at < bytes.size(); ++at) {
    CAPTURE(at);
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    const auto scan = scan_outbox(damaged);
    REQUIRE(scan);
    REQUIRE(scan->reports.size() == 2);
    REQUIRE(scan->damaged_bytes + scan->torn_bytes > 0);
  }
}

TEST_CASE("a damaged file is kept aside before anything is lost from it") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  std::string bytes = std::string(outbox_magic) + encode_report_record(report(1));
  bytes[40] = static_cast<char>(bytes[40] ^ 1);
  bytes += encode_report_record(report(2));
  write_file(file, bytes);
  Outbox::Opened found;
  REQUIRE(Outbox::open(file, found));
  CHECK(found.damaged_bytes > 0);
  CHECK(read_file(found.damaged_copy) == bytes);
  REQUIRE(found.reports.size() == 1);
  CHECK(found.reports[0].token.number == 2);
}

TEST_CASE("a file that is no outbox is left alone") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  write_file(file, "something else entirely");
  Outbox::Opened found;
  const auto outbox = Outbox::open(file, found);
  REQUIRE(!outbox);
  CHECK(outbox.error().code() == errc::outbox_unreadable);
  CHECK(outbox.error().to_string().find(file.string()) != std::string::npos);
  CHECK(read_file(file) == "something else entirely");
}

TEST_CASE("a record whose payload is of a later version is passed over") {
  std::string payload = "\xA0";
  std::string other = encode_forget_record(key_of(report(1)));
  const auto scan =
      scan_outbox(std::string(outbox_magic) + other + encode_report_record(report(2)));
  REQUIRE(scan);
  CHECK(scan->reports.size() == 1);
}

TEST_CASE("a file that is mostly dead is rewritten without losing what lives") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  Outbox::Opened found;
  auto outbox = Outbox::open(file, found);
  REQUIRE(outbox);
  std::size_t largest = 0;
  for (int i = 1; i <= 3000; i += 100) {
    std::vector<AttemptReport> batch;
    std::vector<ReportKey> done;
    for (int j = 0; j < 100; ++j)
      batch.push_back(report(i + j, 1000));
    for (int j = 0; j < 99; ++j)
      done.push_back(key_of(batch[static_cast<std::size_t>(j)]));
    REQUIRE(outbox->append(batch));
    REQUIRE(outbox->forget(done));
    largest = std::max(largest, outbox->bytes());
  }
  CHECK(largest < 2 * Outbox::compaction_bytes_min);
  CHECK(std::filesystem::file_size(file) == outbox->bytes());
  const auto left = numbers_in(file);
  REQUIRE(left.size() == 30);
  CHECK(left.front() == 100);
  CHECK(left.back() == 3000);
}

TEST_CASE("an append that fails leaves the file as it was, and the next one works") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  Outbox::Opened found;
  auto outbox = Outbox::open(file, found);
  REQUIRE(outbox);
  REQUIRE(outbox->append({report(1)}));
  const auto before = read_file(file);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  rlimit tight = limit;
  tight.rlim_cur = before.size() + 20;  // a part of the record fits
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  const auto failed = outbox->append({report(2)});
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  REQUIRE(!failed);
  CHECK(failed.error().code() == errc::outbox_unwritable);
  CHECK(failed.error().message().find(file.string()) != std::string::npos);
  CHECK(read_file(file) == before);
  REQUIRE(outbox->append({report(3)}));
  CHECK(numbers_in(file) == std::vector<std::int64_t>{1, 3});
}

TEST_CASE("a report that is stored twice is found once") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "outbox";
  Outbox::Opened found;
  auto outbox = Outbox::open(file, found);
  REQUIRE(outbox->append({report(1)}));
  REQUIRE(outbox->append({report(1)}));
  CHECK(numbers_in(file) == std::vector<std::int64_t>{1});
  REQUIRE(outbox->forget({key_of(report(1))}));
  CHECK(outbox->live_bytes() == 0);
  CHECK(numbers_in(file).empty());
}

TEST_CASE("an outbox in a folder that is gone says so") {
  Outbox::Opened found;
  const auto outbox = Outbox::open("/nowhere/outbox", found);
  CHECK(outbox.error().code() == errc::outbox_unwritable);
}

}  // namespace
}  // namespace scanyard::worker
