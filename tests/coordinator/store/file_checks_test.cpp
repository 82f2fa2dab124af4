#include "coordinator/store/file_checks.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("network file systems are known by their type numbers, local ones are not among them") {
  CHECK(network_file_system_name(0x6969) == "NFS");
  CHECK(network_file_system_name(0xff534d42) == "CIFS");
  CHECK(network_file_system_name(static_cast<std::int32_t>(0xfe534d42)) == "SMB2");
  CHECK(network_file_system_name(0x0bd00bd0) == "Lustre");
  CHECK(network_file_system_name(0x47504653) == "GPFS");
  CHECK(network_file_system_name(0x65735546).has_value());
  CHECK_FALSE(network_file_system_name(0xef53));      // ext4
  CHECK_FALSE(network_file_system_name(0x01021994));  // tmpfs
  CHECK_FALSE(network_file_system_name(0x58465342));  // xfs
}

TEST_CASE("a database on a network file system is refused by its name, with the setting that allows it") {
  const auto refused = check_file_system_type("/mnt/a.db", 0x6969);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::network_file_system);
  const std::string message = refused.error().to_string();
  CHECK(message.find("/mnt/a.db") != std::string::npos);
  CHECK(message.find("NFS") != std::string::npos);
  CHECK(message.find("allow_network_file_system: true") != std::string::npos);
  CHECK(check_file_system_type("/var/a.db", 0xef53));
  // The folder of the tests is a local one, as is every folder that this program may be tested in.
  const TemporaryFolder folder;
  CHECK(check_file_system(folder / "a.db"));
}

TEST_CASE("a new file is readable by its owner only") {
  const TemporaryFolder folder;
  REQUIRE(create_private_file(folder / "a.db"));
  struct stat info {};
  REQUIRE(::stat((folder / "a.db").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("each kind of unusable file has its own error") {
  const TemporaryFolder folder;
  CHECK(check_header(folder / "none.db").error().code() == errc::missing_file);
  CHECK(check_header(folder.path()).error().code() == errc::missing_file);
  std::ofstream(folder / "text.db") << "this is no database, but long enough to have a header";
  CHECK(check_header(folder / "text.db").error().code() == errc::not_scanyard);
  std::ofstream(folder / "cut.db") << std::string("SQLite format 3\0....", 20);
  CHECK(check_header(folder / "cut.db").error().code() == errc::damaged);
  CHECK(create_private_file(folder / "no/such/folder.db").error().code() == errc::missing_file);
  CHECK(check_file_system(folder / "no/such/folder.db").error().code() == errc::missing_file);
}

}  // namespace
}  // namespace scanyard::store
