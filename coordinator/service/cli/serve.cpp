#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/home.hpp"
#include "coordinator/service/logging.hpp"
#include "coordinator/service/new_home.hpp"
#include "coordinator/service/server.hpp"

namespace scanyard::service::cli {
namespace {

class Serve final : public Command {
 public:
  std::string name() const override { return "serve"; }
  std::string summary() const override { return "Run the coordinator until SIGTERM or Ctrl-C"; }
  std::string examples() const override {
    return "scanyard serve\n"
           "scanyard serve --home /srv/scanyard --listen 'tcp://*:7400' --web-port 8080\n"
           "scanyard serve --print-config";
  }
  void declare(Options& options) override {
    options.text("--listen", listen_, "Where workers and clients connect: tcp://HOST:PORT");
    options.text("--database", database_, "The database's file, relative to the home folder");
    options.text("--web-bind", web_bind_, "Literal address that the page listens on");
    options.integer("--web-port", web_port_, "The page's port; 0 = any free one", 0, 65535);
    options.flag("--no-web", no_web_, "Serve no page");
    options.choice("--log-level", log_level_, {"debug", "info", "warning", "error"},
                   "What the log on stderr tells, else as in scanyard.yaml");
    options.flag("--json", json_, "Print where it serves as one line of JSON");
    options.flag("--print-config", print_config_, "Print the settings in force and end");
  }
  ExitCode run(const Globals& globals) override {
    auto home = find_home(globals.home);
    if (!home) return report(home.error());
    auto settings = load_settings(*home);
    if (!settings) return report(settings.error());
    apply_flags(*settings);
    // Flags are checked like the file: by reading what they make of it.
    auto checked = read_settings(to_yaml(*settings), "command line");
    if (!checked) return report(checked.error());
    if (print_config_) {
      fmt::print("{}", to_yaml(*checked));
      return ExitCode::ok;
    }
    start_logging(checked->log_level);
    auto server = Server::open(*home, *checked);
    if (!server) return report(server.error());
    announce(*home, **server);
    return (*server)->run();
  }

 private:
  void announce(const Home& home, const Server& server) const {
    const std::string page = server.page_address();
    if (json_) {
      const nlohmann::ordered_json where = {
          {"home", home.folder.string()},
          {"endpoint", server.endpoint()},
          {"page", page.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(page)}};
      fmt::print("{}\n", where.dump());
    } else {
      fmt::print("scanyard serves {} at {}\n", home.folder.string(), server.endpoint());
      if (!page.empty()) fmt::print("page: {}\n", page);
    }
    std::fflush(stdout);
  }

  void apply_flags(Settings& settings) const {
    if (listen_) settings.listen = *listen_;
    if (database_) settings.database = *database_;
    if (web_bind_) settings.web.bind = *web_bind_;
    if (web_port_) settings.web.port = static_cast<std::int32_t>(*web_port_);
    if (no_web_) settings.web.enabled = false;
    if (!log_level_.empty()) settings.log_level = log_level_;
  }

  std::optional<std::string> listen_, database_, web_bind_;
  std::string log_level_;
  std::optional<std::int64_t> web_port_;
  bool no_web_ = false;
  bool print_config_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_serve() {
  return std::make_unique<Serve>();
}

}  // namespace scanyard::service::cli
