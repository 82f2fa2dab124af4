#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

SmallSweep large_sweep(int runs) {
  SmallSweep sweep{.name = "large", .ms = {7}, .lrs = {0.5}};
  sweep.seeds.clear();
  for (int seed = 0; seed < runs; ++seed)
    sweep.seeds.push_back(seed);
  return sweep;
}

TEST_CASE("a database at its limit refuses a write whole and takes the next one that fits") {
  const TemporaryFolder folder;
  auto opened = Writer::open({.path = folder / "a.db", .pages_max = 120}, TimePoint{1});
  REQUIRE(opened);
  const auto& writer = *opened;
  const auto runs = writer->submit(make_submission())->open;
  const auto refused = writer->submit(make_submission(large_sweep(5000), "large"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::disk_full);
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM sweep") == "1");
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM run") == "12");
  CHECK(apply(*writer, {make_result(runs[0].id, 0.5)}).duplicates.empty());
  CHECK(writer->submit(make_submission(large_sweep(10), "large"))->new_runs == 10);
  CHECK(sums_contradiction(folder / "a.db") == "");
}

/// A small file system of its own, where the test may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& at) : at_(at) {
    std::filesystem::create_directories(at);
    mounted_ = ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=2m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  std::filesystem::path at_;
  bool mounted_ = false;
};

TEST_CASE("a full disk is an error that passes when there is space again") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder / "disk");
  if (!disk.mounted()) SKIP("mounting a small file system needs root");
  const auto path = folder / "disk/a.db";
  const auto writer = open_writer(path);
  const auto runs = writer->submit(make_submission())->open;
  // Something else takes the space.
  const auto filler = folder / "disk/filler";
  {
    std::ofstream file(filler, std::ios::binary);
    const std::string block(4096, 'x');
    while (file.write(block.data(), 4096).flush()) {
    }
  }
  const auto refused = writer->submit(make_submission(large_sweep(2000)));
  REQUIRE_FALSE(refused);
  INFO(refused.error().to_string());
  CHECK(refused.error().code() == errc::disk_full);
  std::filesystem::remove(filler);
  CHECK(apply(*writer, {make_result(runs[0].id, 0.5)}).duplicates.empty());
  CHECK(writer->submit(make_submission(large_sweep(2000)))->new_runs == 2000);
  CHECK(sums_contradiction(path) == "");
}

}  // namespace
}  // namespace scanyard::store
