#include "tests/end_to_end/yard.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

namespace scanyard::end_to_end {
namespace {

namespace fs = std::filesystem;

const fs::path programs = SCANYARD_BIN_DIR;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

service::ChildProcess spawn(const service::SpawnOptions& options) {
  auto child = service::ChildProcess::spawn(options);
  if (!child) FAIL(child.error().to_string());
  return std::move(*child);
}

}  // namespace

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(socket, plain, size) == 0);
  REQUIRE(::getsockname(socket, plain, &size) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = read_file(entry.path() / "stat");
    const auto name_end = stat.rfind(')');
    if (name_end == std::string::npos) continue;
    // After the name: state, then the parent.
    if (std::atoi(stat.c_str() + name_end + 4) == parent)
      children.push_back(std::atoi(name.c_str()));
  }
  return children;
}

std::string small_spec(const std::string& name, int seeds) {
  return fmt::format(
      "name: {}\nprotocol: demo\n"
      "fixed: {{task: permutation, group: 3, train: 1000, hidden: 8, model: bdlru}}\n"
      "grid: {{m: [1, 2, 3], lr: [0.001, 0.003]}}\nseeds: {}\n",
      name, seeds);
}

Yard::Yard(YardOptions options) : options_(std::move(options)), port_(free_port()) {
  home.folder = folder_.path() / "home";
  const auto made = scanyard({"init", home.folder.string(), "--listen",
                              fmt::format("tcp://127.0.0.1:{}", port_), "--web-port", "0"});
  INFO(made.err);
  REQUIRE(made.code == 0);
  if (options_.settings.empty()) return;
  // Settings of the test win: what init wrote about them goes.
  std::ofstream(home.settings()) << fmt::format(
      "listen: tcp://127.0.0.1:{}\nweb: {{port: 0}}\n{}\n", port_, options_.settings);
}

Yard::~Yard() {
  // Workers first, so that nobody waits for a coordinator that is gone.
  for (auto& [name, worker] : workers_)
    worker.signal(SIGKILL);
  if (coordinator_) coordinator_->signal(SIGKILL);
}

void Yard::start_coordinator() {
  coordinator_.emplace(spawn({programs / "scanyard",
                              {"serve", "--home", home.folder.string()},
                              folder_.path() / "coordinator.log",
                              {},
                              true}));
}

void Yard::start_worker(const std::string& name) {
  const std::string trainer = options_.trainer == "fake" ? "fake_trainer" : "scanyard-train";
  service::SpawnOptions options;
  options.program = programs / "scanyard-worker";
  options.arguments = {"--join",          home.worker_join().string(),
                       "--state-dir",     (folder_.path() / name).string(),
                       "--slots",         std::to_string(options_.slots),
                       "--threads",       "1",
                       "--max-replicas",  std::to_string(options_.max_replicas),
                       "--train-program", (programs / trainer).string()};
  options.output = folder_.path() / (name + ".log");
  options.environment = {{"FAKE_TRAINER_STEP_MS", std::to_string(options_.step_ms)}};
  workers_.erase(name);
  workers_.emplace(name, spawn(options));
}

void Yard::kill_coordinator() {
  coordinator_->signal(SIGKILL);
  REQUIRE(coordinator_->wait(patience));
}

void Yard::kill_worker(const std::string& name) {
  workers_.at(name).signal(SIGKILL);
  REQUIRE(workers_.at(name).wait(patience));
}

bool Yard::kill_trainer(const std::string& name) {
  const auto trainers = children_of(workers_.at(name).pid());
  if (trainers.empty()) return false;
  return ::kill(trainers.front(), SIGKILL) == 0;
}

service::ExitStatus Yard::stop_coordinator() {
  return coordinator_->stop(patience);
}

service::ExitStatus Yard::stop_worker(const std::string& name) {
  return workers_.at(name).stop(patience);
}

service::ExitStatus Yard::coordinator_end() {
  const auto status = coordinator_->wait(patience);
  REQUIRE(status);
  return *status;
}

bool Yard::coordinator_runs() {
  return coordinator_ && !coordinator_->poll();
}

Ran Yard::scanyard(std::vector<std::string> arguments) {
  const fs::path out = folder_.path() / fmt::format("command{}.out", ++commands_);
  const fs::path err = folder_.path() / fmt::format("command{}.err", commands_);
  // A shell keeps the two streams apart; ours never contain a quote.
  std::string line = fmt::format("'{}'", (programs / "scanyard").string());
  for (const auto& argument : arguments)
    line += fmt::format(" '{}'", argument);
  service::SpawnOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", fmt::format("exec {} >'{}' 2>'{}'", line, out.string(), err.string())};
  options.environment = {{"SCANYARD_HOME", home.folder.string()}};
  auto child = spawn(options);
  const auto status = child.wait(patience);
  Ran ran{-1, read_file(out), read_file(err)};
  INFO(line);
  INFO(ran.out << ran.err);
  REQUIRE(status);
  REQUIRE(status->signal == 0);
  ran.code = status->code;
  return ran;
}

std::string Yard::must(std::vector<std::string> arguments) {
  const Ran ran = scanyard(std::move(arguments));
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return ran.out;
}

fs::path Yard::write(const std::string& name, const std::string& text) {
  const fs::path path = folder_.path() / name;
  std::ofstream(path) << text;
  return path;
}

std::string Yard::coordinator_log() const {
  return read_file(folder_.path() / "coordinator.log");
}

std::string Yard::worker_log(const std::string& name) const {
  return read_file(folder_.path() / (name + ".log"));
}

std::int64_t Yard::done() {
  const auto status = nlohmann::json::parse(must({"status", "--json", "--timeout", "30"}));
  std::int64_t done = 0;
  for (const auto& sweep : status["sweeps"])
    done += sweep["runs"]["finished"].get<std::int64_t>() +
            sweep["runs"]["diverged"].get<std::int64_t>();
  return done;
}

void Yard::wait_done(std::int64_t runs) {
  const auto until = std::chrono::steady_clock::now() + 2 * patience;
  while (done() < runs) {
    INFO(coordinator_log());
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::int64_t Yard::counter(const std::string& name) {
  const auto status = nlohmann::json::parse(must({"status", "--json"}));
  for (const auto& counter : status["coordinator"]["counters"]) {
    if (counter["name"] == name) return counter["value"];
  }
  return 0;
}

}  // namespace scanyard::end_to_end
