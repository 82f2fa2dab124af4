#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "common/net/secret_file.hpp"
#include "common/spec/expand.hpp"
#include "common/yaml/node.hpp"
#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/cli/watch.hpp"
#include "coordinator/service/counted.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/files.hpp"
#include "coordinator/service/new_home.hpp"
#include "coordinator/service/supervisor.hpp"
#include "tasks/catalog/vocabulary.hpp"

namespace scanyard::service::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t connect_timeout_s = 120;
constexpr std::size_t slots_max = 8;
constexpr std::int64_t replicas_max = 5;  // on CPUs larger packs save little and show results late

/// A port of this machine's loopback that is free now: the usual one if possible.
std::uint16_t free_port(std::uint16_t preferred) {
  for (const std::uint16_t port : {preferred, std::uint16_t{0}}) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) break;
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::bind(socket, plain, size) == 0 && ::listen(socket, 1) == 0 &&
                       ::getsockname(socket, plain, &size) == 0;
    ::close(socket);
    if (bound) return ntohs(address.sin_port);
  }
  return preferred;
}

/// sweeps/demo.yaml of the clone that this program was built in, else of the working folder.
Result<fs::path> find_spec(const std::string& flag) {
  if (!flag.empty()) return fs::path(flag);
  std::error_code ignored;
  fs::path folder = program_folder();
  for (int up = 0; up < 5 && !folder.empty(); ++up, folder = folder.parent_path()) {
    if (fs::exists(folder / "sweeps" / "demo.yaml", ignored))
      return folder / "sweeps" / "demo.yaml";
  }
  if (fs::exists("sweeps/demo.yaml", ignored)) return fs::path("sweeps/demo.yaml");
  return fail(errc::file_failed, "sweeps/demo.yaml is not in this clone; name a spec with --spec");
}

class Demo final : public Command {
 public:
  std::string name() const override { return "demo"; }
  std::string summary() const override {
    return "Everything at once on this machine: coordinator, worker, a small sweep, its table";
  }
  std::string examples() const override {
    return "scanyard demo\n"
           "scanyard demo --folder my-demo   # keeps everything there; started again it goes on\n"
           "scanyard demo --once\n"
           "scanyard demo --spec my.yaml --slots 2 --once --json > table.json";
  }
  void declare(Options& options) override {
    options.text("--folder", folder_,
                 "Where to keep everything (else a temporary folder, removed at the end)");
    options.text("--spec", spec_, "Another sweep than sweeps/demo.yaml");
    options.integer("--slots", slots_, "Trainers side by side (else one a CPU)", 1, 256);
    options.integer("--threads", threads_, "CPU threads of each trainer", 1, 1024);
    options.integer("--max-replicas", max_replicas_, "Largest pack of a trainer (else 5)", 1, 4096);
    options.text("--train-program", train_program_,
                 "Another trainer than scanyard-train beside this program");
    options.flag("--once", once_, "End after the table instead of serving on");
    options.flag("--json", json_, "Print the table as JSON, and everything else to stderr");
  }
  ExitCode run(const Globals&) override;

 private:
  Result<Home> prepare();
  Result<std::vector<Part>> parts(const Home& home, const fs::path& spec) const;
  Result<std::string> read_spec(const fs::path& spec) const;
  Result<std::int64_t> submit(Client& client, const fs::path& spec, std::string text) const;
  ExitCode follow(Client& client, std::int64_t sweep) const;
  ExitCode show_results(Client& client, std::int64_t sweep) const;
  void handle_signals();
  void say(const std::string& line) const;
  void clean_up();

  std::optional<std::string> folder_;
  std::string spec_;
  std::optional<std::int64_t> slots_, max_replicas_;
  std::int64_t threads_ = 1;
  std::optional<std::string> train_program_;
  bool once_ = false;
  bool json_ = false;

  Settings settings_;
  fs::path temporary_;
  std::unique_ptr<Supervisor> supervisor_;
};

void Demo::say(const std::string& line) const {
  fmt::print(json_ ? stderr : stdout, "{}{}\n", !json_ && stdout_is_terminal() ? "\r\x1b[K" : "",
             line);
  std::fflush(stdout);
}

/// The spec's text if it can be submitted: what is wrong with it is said before anything starts.
Result<std::string> Demo::read_spec(const fs::path& spec) const {
  auto text = read_text_file(spec, yaml::bytes_max);
  if (!text) return propagate(text);
  const spec::ExpandOptions limits{.runs_max =
                                       static_cast<std::uint64_t>(settings_.runs_per_sweep_max)};
  auto expansion = spec::expand(*text, spec.string(), catalog::vocabulary(), limits);
  if (!expansion) return propagate(expansion);
  return std::move(*text);
}

/// The folder of the coordinator: a new one, or one of an earlier demo.
Result<Home> Demo::prepare() {
  if (folder_ && is_home(*folder_)) {
    Home home{fs::absolute(*folder_).lexically_normal()};
    auto settings = load_settings(home);
    if (!settings) return propagate(settings);
    settings_ = *settings;
    return home;
  }
  fs::path folder;
  if (folder_) {
    folder = *folder_;
  } else {
    std::string name = (fs::temp_directory_path() / "scanyard-demo-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      return fail(errc::file_failed, fmt::format("cannot make a temporary folder like {}", name));
    folder = temporary_ = name;
  }
  settings_.listen = fmt::format("tcp://127.0.0.1:{}", free_port(7400));
  settings_.web.port = free_port(7480);
  return make_home(folder, settings_, utc_now());
}

Result<std::vector<Part>> Demo::parts(const Home& home, const fs::path&) const {
  auto worker = sibling_program("scanyard-worker");
  if (!worker) return propagate(worker);
  std::vector<std::string> arguments = {"--join", home.worker_join().string(), "--state-dir",
                                        (home.folder / "worker").string()};
  const auto add = [&](const char* flag, const std::string& value) {
    arguments.insert(arguments.end(), {flag, value});
  };
  const auto cpus = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, slots_max);
  add("--slots", std::to_string(slots_.value_or(static_cast<std::int64_t>(cpus))));
  add("--threads", std::to_string(threads_));
  add("--max-replicas", std::to_string(max_replicas_.value_or(replicas_max)));
  if (train_program_) {
    if (::access(train_program_->c_str(), X_OK) != 0)
      return fail(errc::missing_program,
                  fmt::format("--train-program {} is not there, or no program", *train_program_));
    add("--train-program", *train_program_);
  } else if (auto trainer = sibling_program("scanyard-train"); !trainer) {
    return propagate(trainer);
  }
  const fs::path self = program_folder() / "scanyard";
  std::vector<Part> all;
  all.push_back(
      {"coordinator",
       {self, {"serve", "--home", home.folder.string()}, home.folder / "coordinator.log", {}, true},
       {static_cast<int>(ExitCode::database), static_cast<int>(ExitCode::address_in_use)}});
  all.push_back({"worker", {*worker, arguments, home.folder / "worker.log", {}, true}, {}});
  return all;
}

Result<std::int64_t> Demo::submit(Client& client, const fs::path& spec, std::string text) const {
  auto answer = ask(client, protocol::SubmitRequest{std::move(text), spec.string()});
  if (!answer) return propagate(answer);
  const auto sweep = answer->value("sweep", std::int64_t{0});
  say(fmt::format("Submitted {} as sweep {}: {}, {} of them done already.", spec.string(), sweep,
                  counted(answer->value("runs", std::int64_t{0}), "run"),
                  answer->value("done", std::int64_t{0})));
  return sweep;
}

ExitCode Demo::follow(Client& client, std::int64_t sweep) const {
  return watch_sweep(client, std::to_string(sweep), json_ ? Progress::quiet : Progress::text);
}

ExitCode Demo::show_results(Client& client, std::int64_t sweep) const {
  protocol::ResultsRequest request;
  request.sweep = std::to_string(sweep);
  request.width_columns = std::max(60, terminal_width());
  if (json_) request.form = protocol::ResultsRequest::Form::json;
  auto answer = ask(client, request);
  if (!answer) return report(answer.error());
  fmt::print("{}{}\n", json_ ? "" : "\n", answer->value("table", std::string()));
  return ExitCode::ok;
}

/// Ctrl-C and SIGTERM end the demo in good order, whatever it is doing. The signals are blocked
/// everywhere else.
void Demo::handle_signals() {
  sigset_t ending;
  ::sigemptyset(&ending);
  ::sigaddset(&ending, SIGINT);
  ::sigaddset(&ending, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  std::thread([this, ending] {
    int number = 0;
    ::sigwait(&ending, &number);
    say("Stopping the worker and the coordinator.");
    clean_up();
    std::_Exit(static_cast<int>(ExitCode::interrupted));
  }).detach();
}

void Demo::clean_up() {
  if (supervisor_) supervisor_->stop();
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

ExitCode Demo::run(const Globals&) {
  auto spec = find_spec(spec_);
  if (!spec) return report(spec.error());
  auto spec_text = read_spec(*spec);
  if (!spec_text) return report(spec_text.error());
  auto home = prepare();
  if (!home) return report(home.error());
  handle_signals();
  auto programs = parts(*home, *spec);
  if (!programs) {
    clean_up();
    return report(programs.error());
  }
  const auto token = net::read_secret_file(home->web_token(), "start the demo in a new folder");
  std::string page = fmt::format("http://127.0.0.1:{}/", settings_.web.port);
  if (token) page += "?token=" + token->substr(0, token->find('\n'));
  supervisor_ = std::make_unique<Supervisor>([this](const std::string& line) { say(line); });
  if (auto ok = supervisor_->start(std::move(*programs)); !ok) {
    clean_up();
    return report(ok.error());
  }
  say(fmt::format("Coordinator at {}, everything in {}\nPage: {}", settings_.listen,
                  home->folder.string(), page));

  Globals globals;
  globals.home = home->folder.string();
  globals.timeout_s = connect_timeout_s;
  auto client = open_client(globals);
  ExitCode code = client ? ExitCode::ok : report(client.error());
  if (client) {
    auto sweep = submit(**client, *spec, std::move(*spec_text));
    code = sweep ? follow(**client, *sweep) : report(sweep.error());
    if (sweep && (code == ExitCode::ok || code == ExitCode::incomplete)) {
      const ExitCode shown = show_results(**client, *sweep);
      if (shown != ExitCode::ok) code = shown;
    }
  }
  const bool serve_on = !once_ && (code == ExitCode::ok || code == ExitCode::incomplete);
  if (serve_on) {
    say(fmt::format("Page: {}\nstill serving until Ctrl-C; try: scanyard status --home {}", page,
                    home->folder.string()));
    while (true)
      ::pause();  // The thread that waits for signals ends the program.
  }
  clean_up();
  return code;
}

}  // namespace

std::unique_ptr<Command> make_demo() {
  return std::make_unique<Demo>();
}

}  // namespace scanyard::service::cli
