//! A coordinator and its clients in one process, over a real socket.
#include "coordinator/service/server.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "common/net/keys.hpp"
#include "coordinator/service/client/client.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/logging.hpp"
#include "coordinator/service/new_home.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::service {
namespace {

using Json = nlohmann::json;

const char* spec = R"(name: tiny
protocol: demo
fixed: {task: permutation, group: 3, train: 1000, hidden: 8, model: bdlru, lr: 0.001}
grid: {m: [1, 2]}
seeds: 2
)";

/// Serves a new home on a free port until the end of the test.
class Serving {
 public:
  Serving() {
    start_logging("error");
    Settings settings;
    settings.listen = "tcp://127.0.0.1:0";
    settings.advertise = "tcp://127.0.0.1:1";  // join files need a real one; the test fills it in
    settings.web.port = 0;
    settings.log_level = "error";
    auto made = make_home(folder_.path() / "home", settings, "");
    REQUIRE(made);
    home = *made;
    settings.advertise.clear();
    auto opened = Server::open(home, settings);
    REQUIRE(opened);
    server = std::move(*opened);
    thread_ = std::thread([this] { code_ = server->run(); });
  }
  ~Serving() { stop(); }

  ExitCode stop() {
    if (thread_.joinable()) {
      server->request_stop();
      thread_.join();
    }
    return code_;
  }
  net::JoinFile join(const std::filesystem::path& file) const {
    auto join = net::read_join_file(file);
    REQUIRE(join);
    join->endpoint = server->endpoint();
    return *join;
  }
  std::unique_ptr<Client> client() const {
    auto client = Client::open(join(home.client_join()), {});
    REQUIRE(client);
    return std::move(*client);
  }

  Home home;
  std::unique_ptr<Server> server;

 private:
  testing::TemporaryFolder folder_;
  std::thread thread_;
  ExitCode code_ = ExitCode::failed;
};

Json ask(Client& client, const protocol::ClientQuestion& question) {
  auto answer = client.ask(question);
  INFO((answer ? std::string() : answer.error().to_string()));
  REQUIRE(answer);
  return Json::parse(*answer);
}

TEST_CASE("a sweep is submitted, looked at, held, cancelled and taken up again") {
  Serving serving;
  auto client = serving.client();
  const auto submitted = ask(*client, protocol::SubmitRequest{spec, "tiny.yaml"});
  CHECK(submitted["runs"] == 4);
  CHECK(submitted["sweep"] == 1);
  auto status = ask(*client, protocol::StatusRequest{"tiny"});
  CHECK(status["sweeps"][0]["runs"]["queued"] == 4);
  CHECK(status["coordinator"]["epoch"] == 2);  // init opened the database first
  CHECK(ask(*client, protocol::PauseRequest{"tiny", false})["message"] ==
        "sweep 1 (tiny) is paused; what is running goes on");
  CHECK(ask(*client, protocol::StatusRequest{"1"})["sweeps"][0]["state"] == "paused");
  CHECK(ask(*client, protocol::CancelRequest{"1", "test"})["message"] ==
        "sweep 1 (tiny) is cancelled; 4 open runs were given up");
  const auto late = client->ask(protocol::CancelRequest{"1", "again"});
  REQUIRE_FALSE(late);
  CHECK(late.error().code() == errc::sweep_state);
  CHECK(ask(*client, protocol::RetryRequest{"1", "", {RunState::cancelled}})["message"] ==
        "4 runs of sweep 1 (tiny) are open again");
  const auto table =
      ask(*client, protocol::ResultsRequest{"tiny", protocol::ResultsRequest::Form::csv, 100});
  CHECK(table["table"].get<std::string>().find("m") != std::string::npos);
  CHECK(serving.stop() == ExitCode::ok);
}

TEST_CASE("a bad spec is refused with its place and changes nothing") {
  Serving serving;
  auto client = serving.client();
  const auto refused = client->ask(protocol::SubmitRequest{"name: x\nfixd: {}\n", "x.yaml"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().starts_with("x.yaml:2: "));
  CHECK(ask(*client, protocol::StatusRequest{})["sweeps"].empty());
}

TEST_CASE("known runs are found, and a run is explained by a prefix of its id") {
  Serving serving;
  auto client = serving.client();
  ask(*client, protocol::SubmitRequest{spec, "tiny.yaml"});
  const auto nothing = ask(*client, protocol::KnownRunsRequest{{RunId{}}});
  CHECK(nothing["known"].empty());
  const auto missing = client->ask(protocol::ExplainRequest{"00000000"});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code() == ErrorCode{"store.not_found"});
}

TEST_CASE("a worker's key cannot ask like a client") {
  Serving serving;
  auto impostor = Client::open(serving.join(serving.home.worker_join()), {});
  REQUIRE(impostor);
  const auto answer = (*impostor)->ask(protocol::StatusRequest{});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == errc::wrong_role);
  auto client = serving.client();
  const auto status = ask(*client, protocol::StatusRequest{});
  std::uint64_t wrong_role = 0;
  for (const auto& counter : status["coordinator"]["counters"]) {
    if (counter["name"] == "service.wrong_role") wrong_role = counter["value"];
  }
  CHECK(wrong_role == 1);
}

TEST_CASE("a key that is not listed is not let in, and the client says so") {
  Serving serving;
  auto join = serving.join(serving.home.client_join());
  join.key = net::generate_key_pair();
  auto stranger = Client::open(join, {});
  REQUIRE(stranger);
  const auto answer = (*stranger)->ask(protocol::StatusRequest{});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == errc::refused);
}

TEST_CASE("a database is served by one coordinator at a time") {
  Serving serving;
  Settings settings;
  settings.listen = "tcp://127.0.0.1:0";
  settings.web.enabled = false;
  const auto second = Server::open(serving.home, settings);
  REQUIRE_FALSE(second);
  CHECK(second.error().code() == ErrorCode{"store.already_served"});
}

}  // namespace
}  // namespace scanyard::service
