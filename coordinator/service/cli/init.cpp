#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/net/join_file.hpp"
#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/new_home.hpp"

namespace scanyard::service::cli {
namespace {

class Init final : public Command {
 public:
  std::string name() const override { return "init"; }
  std::string summary() const override {
    return "Make the folder of a new coordinator: database, keys, settings";
  }
  std::string examples() const override {
    return "scanyard init\n"
           "scanyard init /srv/scanyard --listen 'tcp://*:7400' --advertise tcp://login1:7400";
  }
  void declare(Options& options) override {
    options.text("folder", folder_, "A new or empty folder");
    options.text("--listen", settings_.listen, "Where workers and clients connect");
    options.text("--advertise", settings_.advertise,
                 "What join files name as the coordinator's address (else --listen)");
    options.integer("--web-port", web_port_, "The page's port; 0 = any free one", 0, 65535);
    options.flag("--json", json_, "Print what was made as JSON");
  }
  ExitCode run(const Globals&) override {
    settings_.web.port = static_cast<std::int32_t>(web_port_);
    if (auto ok = check_settings(settings_); !ok) return report(ok.error());
    const auto advertised = net::check_endpoint(advertised_endpoint(settings_));
    if (!advertised) {
      fmt::print(stderr,
                 "scanyard: '{}' names no host that others could connect to: add --advertise "
                 "tcp://HOST:PORT\n",
                 settings_.listen);
      return ExitCode::usage;
    }
    auto home = make_home(folder_, settings_, utc_now());
    if (!home) return report(home.error());
    print(*home);
    return ExitCode::ok;
  }

 private:
  void print(const Home& home) const {
    if (json_) {
      print_json({{"home", home.folder.string()},
                  {"settings", home.settings().string()},
                  {"worker_join", home.worker_join().string()},
                  {"client_join", home.client_join().string()},
                  {"endpoint", advertised_endpoint(settings_)}});
      return;
    }
    const std::string where = folder_ == home_name ? "" : " --home " + home.folder.string();
    fmt::print(
        "Made {0}\n"
        "  scanyard.yaml     settings; scanyard serve --print-config shows what is in force\n"
        "  {3:<16}  database; sqlite3 shows its views\n"
        "  keys/             the coordinator's key and the list of keys that may connect\n"
        "  join/worker.yaml  what a worker needs to connect (a secret: mode 0600)\n"
        "  join/client.yaml  what a client elsewhere needs (a secret, too)\n"
        "\n"
        "Next:\n"
        "  scanyard serve{1}\n"
        "  scanyard-worker --join {2}\n",
        home.folder.string(), where, home.worker_join().string(), settings_.database);
  }

  std::string folder_ = home_name;
  Settings settings_;
  std::int64_t web_port_ = Settings{}.web.port;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_init() {
  return std::make_unique<Init>();
}

}  // namespace scanyard::service::cli
