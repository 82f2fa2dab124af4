//! What goes wrong from outside gets one clear line and an exit code, and nothing else changes.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "common/net/join_file.hpp"
#include "coordinator/service/exit_code.hpp"
#include "tests/end_to_end/yard.hpp"

namespace scanyard::end_to_end {
namespace {

using service::ExitCode;

int code(ExitCode exit) {
  return static_cast<int>(exit);
}

/// One line that starts with the program's name.
void check_one_line(const std::string& err) {
  INFO(err);
  CHECK(err.starts_with("scanyard: "));
  CHECK(std::count(err.begin(), err.end(), '\n') == 1);
}

/// A TCP connection to the port, or the port taken for ourselves.
class Socket {
 public:
  Socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) { REQUIRE(fd_ >= 0); }
  ~Socket() { ::close(fd_); }
  void connect(std::uint16_t port) const {
    REQUIRE(::connect(fd_, plain(port), sizeof address_) == 0);
  }
  void listen(std::uint16_t port) const {
    REQUIRE(::bind(fd_, plain(port), sizeof address_) == 0);
    REQUIRE(::listen(fd_, 1) == 0);
  }
  void send(const std::string& bytes) const {
    // The other side may have hung up already: that is no failure of this test.
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    static_cast<void>(sent);
  }

 private:
  const sockaddr* plain(std::uint16_t port) const {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address_.sin_port = htons(port);
    return reinterpret_cast<const sockaddr*>(&address_);
  }
  int fd_;
  mutable sockaddr_in address_{};
};

void execute_sql(const std::filesystem::path& database, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(database.c_str(), &handle) == SQLITE_OK);
  CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}

TEST_CASE("a coordinator that does not run is one line with its address", "[ci]") {
  Yard yard;
  const auto ran = yard.scanyard({"status", "--timeout", "1"});
  CHECK(ran.code == code(ExitCode::unreachable));
  check_one_line(ran.err);
  CHECK(ran.err.find(fmt::format("tcp://127.0.0.1:{}", yard.port())) != std::string::npos);
  CHECK(ran.err.find("scanyard serve") != std::string::npos);
}

TEST_CASE("a port in use is one line with the address", "[ci]") {
  Yard yard;
  const Socket other;
  other.listen(yard.port());
  yard.start_coordinator();
  CHECK(yard.coordinator_end().code == code(ExitCode::address_in_use));
  CHECK(yard.coordinator_log().find(std::to_string(yard.port())) != std::string::npos);
}

TEST_CASE("a page's port in use is one line with the address", "[ci]") {
  Yard yard;
  const auto port = free_port();
  const Socket other;
  other.listen(port);
  const auto ran = yard.scanyard({"serve", "--web-port", std::to_string(port)});
  CHECK(ran.code == code(ExitCode::address_in_use));
  CHECK(ran.out.empty());
  const auto said = ran.err.find("scanyard: ");
  REQUIRE(said != std::string::npos);
  check_one_line(ran.err.substr(said));
  CHECK(ran.err.find(std::to_string(port), said) != std::string::npos);
}

TEST_CASE("each kind of bad spec is one line with its place, and nothing is submitted", "[ci]") {
  YardOptions options;
  options.settings = "runs_per_sweep_max: 100";
  Yard yard(options);
  yard.start_coordinator();
  const std::string good =
      "protocol: demo\nfixed: {task: permutation, group: 3, train: 1000, hidden: 8, model: bdlru}\n"
      "grid: {m: [1, 2], lr: [0.001]}\n";
  struct Case {
    std::string kind, spec, said;
  };
  const Case cases[] = {
      {"unknown", good + "sedes: 3\n", ":4: unknown key 'sedes'; did you mean 'seeds'?"},
      {"doubled", good + "fixed: {batch: 8}\n", ":4: the key 'fixed' stands here a second time"},
      {"shape", "fixed: {task: permutation, model: bdlru, m: 0}\n", ":1: "},
      {"empty", good + "exclude: {m: [1, 2]}\n", ":4: nothing is left of"},
      {"nothing", good + "where: m > 2\n", ":4: nothing is left of"},
      {"many", good + "seeds: 1..1000\n", "the limit is 100 runs"},
      {"binary", std::string("a: \x01\xff\n"), ":1: "},
  };
  for (const auto& [kind, spec, said] : cases) {
    const auto path = yard.write(kind + ".yaml", spec).string();
    const auto ran = yard.scanyard({"submit", path, "--timeout", "30"});
    INFO(kind << ": " << ran.err);
    CHECK(ran.code == code(ExitCode::bad_input));
    CHECK(ran.out.empty());
    check_one_line(ran.err);
    CHECK(ran.err.find(path) != std::string::npos);
    CHECK(ran.err.find(said) != std::string::npos);
  }
  const auto missing = yard.scanyard({"submit", (yard.folder() / "none.yaml").string()});
  CHECK(missing.code == code(ExitCode::not_found));
  check_one_line(missing.err);
  CHECK(yard.must({"status"}).find("No sweep has been submitted yet") != std::string::npos);
}

TEST_CASE("a wrong or a missing key file is one line that names it", "[ci]") {
  Yard yard;
  const auto missing = yard.scanyard({"status", "--join", (yard.folder() / "none.yaml").string()});
  CHECK(missing.code == code(ExitCode::keys));
  check_one_line(missing.err);
  CHECK(missing.err.find("none.yaml does not exist") != std::string::npos);
  const auto path = yard.write("wrong.yaml", "endpoint: tcp://127.0.0.1:7400\nkey: none\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  const auto wrong = yard.scanyard({"status", "--join", path.string()});
  CHECK(wrong.code != 0);
  check_one_line(wrong.err);
  CHECK(wrong.err.find("wrong.yaml:") != std::string::npos);
  std::filesystem::remove(yard.home.server_key());
  const auto serve = yard.scanyard({"serve"});
  CHECK(serve.code == code(ExitCode::keys));
  CHECK(serve.err.find(yard.home.server_key().string()) != std::string::npos);
}

TEST_CASE("a second coordinator on the same folder is refused, the first goes on", "[ci]") {
  Yard yard;
  yard.start_coordinator();
  yard.must({"status", "--timeout", "30"});
  const auto second = yard.scanyard({"serve", "--listen", "tcp://127.0.0.1:0"});
  CHECK(second.code == code(ExitCode::database));
  CHECK(second.err.find("scanyard: ") != std::string::npos);
  yard.must({"status"});
}

TEST_CASE("a database of a newer version is refused and not touched", "[ci]") {
  Yard yard;
  const auto database = yard.home.folder / "scanyard.db";
  execute_sql(database, "PRAGMA user_version = 9999");
  const auto ran = yard.scanyard({"serve"});
  CHECK(ran.code == code(ExitCode::database));
  CHECK(ran.err.find("9999") != std::string::npos);
}

TEST_CASE("a damaged database is refused", "[ci]") {
  Yard yard;
  const auto database = yard.home.folder / "scanyard.db";
  std::ofstream(database, std::ios::binary | std::ios::trunc) << std::string(10'000, 'x');
  const auto ran = yard.scanyard({"serve"});
  CHECK(ran.code == code(ExitCode::database));
  const auto said = ran.err.find("scanyard: ");
  REQUIRE(said != std::string::npos);
  check_one_line(ran.err.substr(said));
  CHECK(ran.err.find(database.string(), said) != std::string::npos);
}

TEST_CASE("a key file that others may read is refused with the command that mends it", "[ci]") {
  Yard yard;
  namespace fs = std::filesystem;
  fs::permissions(yard.home.server_key(), fs::perms::group_read | fs::perms::others_read,
                  fs::perm_options::add);
  const auto serve = yard.scanyard({"serve"});
  CHECK(serve.code == code(ExitCode::keys));
  CHECK(serve.err.find("chmod") != std::string::npos);
  fs::permissions(yard.home.client_join(), fs::perms::others_read, fs::perm_options::add);
  const auto status = yard.scanyard({"status"});
  CHECK(status.code == code(ExitCode::keys));
  check_one_line(status.err);
}

TEST_CASE("an unknown key is refused and counted", "[ci]") {
  Yard yard;
  yard.start_coordinator();
  yard.must({"status", "--timeout", "30"});
  auto join = net::read_join_file(yard.home.client_join());
  REQUIRE(join);
  join->key = net::generate_key_pair();
  const auto path = yard.folder() / "stranger.yaml";
  REQUIRE(net::write_join_file(path, *join));
  const auto ran = yard.scanyard({"status", "--join", path.string()});
  CHECK(ran.code == code(ExitCode::refused));
  check_one_line(ran.err);
  CHECK(yard.counter("net.unknown_key") >= 1);
}

TEST_CASE("a key that is removed is heard no more, one that is added at once", "[ci]") {
  Yard yard;
  yard.start_coordinator();
  yard.must({"status", "--timeout", "30"});
  yard.must({"key", "add", "anna", "--role", "client"});
  const auto join = (yard.home.folder / "join" / "anna.yaml").string();
  const auto copy = yard.folder() / "anna.yaml";
  std::filesystem::copy_file(join, copy);
  yard.must({"status", "--join", join});
  yard.must({"key", "remove", "anna"});
  const auto refused = yard.scanyard({"status", "--join", copy.string()});
  CHECK(refused.code == code(ExitCode::refused));
}

TEST_CASE("garbage on the port changes nothing", "[ci]") {
  Yard yard;
  yard.start_coordinator();
  yard.must({"status", "--timeout", "30"});
  std::mt19937 bits(7);
  for (int i = 0; i < 20; ++i) {
    const Socket socket;
    socket.connect(yard.port());
    std::string bytes = i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "";
    for (int j = 0; j < 100'000; ++j)
      bytes.push_back(static_cast<char>(bits()));
    socket.send(bytes);
  }
  yard.must({"status"});
  CHECK(yard.coordinator_runs());
}

TEST_CASE("results wait with the worker while the database is full, and none is lost", "[ci]") {
  YardOptions options;
  options.settings = "database_mb_max: 1\nleases: {heartbeat: 300 ms, lease: 3 s}";
  options.step_ms = 0;
  options.max_replicas = 256;
  Yard yard(options);
  yard.start_coordinator();
  // 3,000 runs fit into 1 MB as they are submitted, but not with their results.
  yard.must(
      {"submit", yard.write("full.yaml", small_spec("full", 500)).string(), "--timeout", "30"});
  yard.start_worker();
  const auto until = std::chrono::steady_clock::now() + patience;
  while (yard.coordinator_log().find("commit.failed") == std::string::npos) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  CHECK(yard.coordinator_log().find("store.disk_full") != std::string::npos);
  CHECK(yard.done() < 3'000);
  CHECK(yard.stop_coordinator().code == 0);
  std::ofstream(yard.home.settings())
      << fmt::format("listen: tcp://127.0.0.1:{}\nweb: {{port: 0}}\n", yard.port());
  yard.start_coordinator();
  yard.wait_done(3'000);
}

}  // namespace
}  // namespace scanyard::end_to_end
