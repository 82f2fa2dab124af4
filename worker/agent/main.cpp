//! scanyard-worker: the program. Reads flags, then runs one Agent until it has left.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>

#include "common/build_info.hpp"
#include "worker/agent/agent.hpp"
#include "worker/agent/log.hpp"
#include "worker/agent/machine.hpp"

namespace scanyard::worker {
namespace {

constexpr int exit_left = 0, exit_failed = 1, exit_usage = 2, exit_at_once = 3;

constexpr const char* footer = R"(Example:
  on the coordinator's machine   scanyard key add node1        (writes join/node1.yaml)
  on this machine                scanyard-worker --join node1.yaml --slots 2

SIGTERM or SIGINT: save checkpoints, give runs back, deliver results, leave. Again: leave at once.
Exit codes: 0 left in good order, 1 could not start, 2 wrong usage, 3 left at once.
More: docs/add_a_worker.md)";

void describe(CLI::App& app, AgentFlags& flags, bool& print_config) {
  app.footer(footer);
  app.set_version_flag("--version", "scanyard-worker " + std::string(build_text()));
  app.add_option("--join", flags.join, "join file: address and keys in one")->type_name("FILE");
  app.add_option("--connect", flags.connect, "address of the coordinator, tcp://HOST:PORT")
      ->type_name("ADDRESS");
  app.add_option("--server-key", flags.server_key, "the coordinator's public key")
      ->type_name("FILE");
  app.add_option("--key", flags.key, "this worker's key pair, mode 0600")->type_name("FILE");
  app.add_option("--config", flags.config_file, "config file (YAML); flags override it")
      ->type_name("FILE");
  app.add_flag("--print-config", print_config, "print what is in force, and end");
  app.add_option("--device", flags.device,
                 "auto: GPUs where there are any, else the CPU; or cpu, cuda, cuda:0,cuda:2 (auto)")
      ->type_name("DEVICE");
  app.add_option("--slots", flags.slots, "trainers side by side, on each GPU where GPUs work (1)")
      ->type_name("N");
  app.add_option("--threads", flags.threads, "CPU threads of each trainer (CPUs / slots)")
      ->type_name("N");
  app.add_option("--max-replicas", flags.max_replicas, "largest pack that a slot takes (32)")
      ->type_name("N");
  app.add_option("--memory-gb", flags.memory_gb, "memory that a slot's pack may use (its share)")
      ->type_name("GB");
  app.add_option("--state-dir", flags.state_dir,
                 "worker name, outbox, checkpoints, logs (~/.local/state/scanyard)")
      ->type_name("DIR");
  app.add_option("--train-program", flags.train_program,
                 "trainer (scanyard-train beside this program, or on PATH)")
      ->type_name("PATH");
  app.add_option("--step-deadline", flags.step_deadline_s,
                 "kill a trainer that makes no step for so long (300)")
      ->type_name("SECONDS");
  app.add_option("--checkpoint-interval", flags.checkpoint_interval_s,
                 "between checkpoints; 0 = only when leaving (600)")
      ->type_name("SECONDS");
  app.add_option("--shutdown-deadline", flags.shutdown_deadline_s, "time to leave in (25)")
      ->type_name("SECONDS");
  app.add_option("--walltime", flags.walltime_s, "leave by itself within so much time")
      ->type_name("SECONDS");
  app.add_option("--log-level", flags.log_level, "debug, info, warning or error (info)")
      ->type_name("LEVEL");
}

Result<AgentOptions> complete(AgentConfig config) {
  AgentOptions options;
  if (config.state_dir.empty()) {
    auto folder = default_state_dir();
    if (!folder) return propagate(folder);
    config.state_dir = *folder;
  }
  std::error_code unknown;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", unknown);
  auto program = find_train_program(config.train_program, own.string());
  if (!program) return propagate(program);
  config.train_program = *program;
  auto identity = read_identity(config);
  if (!identity) return propagate(identity);
  options.identity = std::move(*identity);
  auto gpus = find_gpus(config.device, config.train_program);
  if (!gpus && config.device != "auto") return propagate(gpus);
  if (!gpus) {  // a trainer without the plugin, or a driver that does not fit: worth a word
    log_line(spdlog::level::warn, "no_gpu_used",
             {{"reason", std::string(gpus.error().code().text)},
              {"message", gpus.error().to_string()}});
    gpus = std::vector<GpuDevice>();
  }
  options.slots = gpus->empty() ? cpu_slots(config) : gpu_slots(config, *gpus);
  options.core = core_config(config);
  options.host = host_name();
  options.build = build_text();
  options.config = std::move(config);
  return options;
}

int complain(const Error& error, int code) {
  fmt::print(stderr, "scanyard-worker: {} ({})\n", error.to_string(), error.code().text);
  return code;
}

int run(AgentOptions options) {
  ::signal(SIGPIPE, SIG_IGN);  // a trainer that is gone is told by its end, not by a signal
  boost::asio::io_context io(1);
  int requests = 0;
  Agent agent(io, std::move(options), [&](const std::string&) { io.stop(); });
  boost::asio::signal_set signals(io, SIGTERM, SIGINT, SIGHUP);
  std::function<void()> wait_for_signal = [&] {
    signals.async_wait([&](const boost::system::error_code& cancelled, int number) {
      if (cancelled) return;
      ++requests;
      wait_for_signal();
      agent.shut_down(number == SIGTERM ? "SIGTERM" : number == SIGINT ? "SIGINT" : "SIGHUP");
    });
  };
  wait_for_signal();
  if (auto started = agent.start(); !started) return complain(started.error(), exit_failed);
  io.run();
  agent.stop();
  return requests > 1 ? exit_at_once : exit_left;
}

int program(int argc, char** argv) {
  CLI::App app(
      "Works for a Scanyard coordinator: trains what it is granted and delivers the results.",
      "scanyard-worker");
  AgentFlags flags;
  bool print_config = false;
  describe(app, flags, print_config);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    fmt::print(stderr, "scanyard-worker: {}; see scanyard-worker --help\n", error.what());
    return exit_usage;
  }
  auto config = agent_config(flags);
  if (!config) return complain(config.error(), exit_usage);
  if (print_config) {
    fmt::print("{}", to_yaml(*config));
    return exit_left;
  }
  set_up_log(config->log_level);
  auto options = complete(std::move(*config));
  if (!options) return complain(options.error(), exit_failed);
  return run(std::move(*options));
}

}  // namespace
}  // namespace scanyard::worker

int main(int argc, char** argv) {
  try {
    return scanyard::worker::program(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "scanyard-worker: {}\n", error.what());
    return 1;
  }
}
