//! scanyard-train: an agent's trainer, and a person's.
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>

#include "common/build_info.hpp"
#include "tasks/models/cpu_setup.hpp"
#include "tasks/training/errc.hpp"
#include "tasks/training/trainer/serve.hpp"
#include "tasks/training/trainer/standalone.hpp"

namespace {

using namespace scanyard;

constexpr const char* description =
    "Trains packs of runs.\n"
    "\n"
    "Without --run or --shape it serves an agent: commands as JSON lines on stdin, events as JSON\n"
    "lines on stdout, its log on stderr (docs/trainer_protocol.md); it ends with its stdin.\n"
    "\n"
    "With --run or --shape it trains one pack and prints progress and results:\n"
    "  scanyard-train --shape '{\"model\":\"bdlru\",\"m\":3,\"hidden\":8,\"width\":32,\n"
    "    "
    "\"task\":\"permutation\",\"group\":3,\"length\":8,\"train\":2000,\"test\":256,\"batch\":64,\n"
    "    \"epochs\":20,\"precision\":\"fp32\"}' --replica '{\"lr\":0.003,\"seed\":1}'\n"
    "Results are those of the CPU model and the number of threads, bit for bit.\n"
    "\n"
    "Exit codes: 0 done (diverged is a result), 1 a run failed, 2 bad usage or input,\n"
    "3 the device cannot be used, 4 it failed while training.";

struct Options {
  std::string device = "cpu";
  int threads = 1;
  std::string run_file;
  std::string shape;
  std::vector<std::string> replicas;
  bool json = false;
  bool list_gpus = false;
};

/// stderr, UTC, one line an event.
void set_up_log() {
  auto logger = spdlog::stderr_logger_st("trainer");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n %v", spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
}

/// A descriptor for events that no library can print into: stdout itself becomes stderr.
int private_stdout() {
  const int lines = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (lines < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return STDOUT_FILENO;
  return lines;
}

int train_one_pack(const Options& options, const training::TrainingDevice& device) {
  training::StandaloneJob job{options.shape, options.replicas};
  if (!options.run_file.empty()) {
    auto read = training::read_job(options.run_file);
    if (!read) {
      std::cerr << "scanyard-train: " << read.error().to_string() << '\n';
      return 2;
    }
    job = std::move(*read);
  }
  return training::train_standalone(job, device, options.json, std::cout);
}

int no_device(const Error& error) {
  std::cerr << fmt::format("scanyard-train: {} ({})\n", error.to_string(), error.code().text);
  return error.code() == training::errc::no_device ? 2 : 3;
}

int list_gpus() {
  const auto lines = training::list_gpus();
  if (!lines) return no_device(lines.error());
  std::cout << *lines;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(description);
  app.set_version_flag("--version", "scanyard-train " + std::string(build_text()));
  app.add_option("--device", options.device, "cpu or cuda:N (default cpu)");
  app.add_flag("--list-gpus", options.list_gpus,
               "print the GPUs that can be used, a JSON line each, and end");
  app.add_option("--threads", options.threads, "CPU threads of every operation (default 1)")
      ->check(CLI::Range(1, 1024));
  auto* const file = app.add_option(
      "--run", options.run_file, "file with {\"shape\": ..., \"replicas\": [{\"values\": ...}]}");
  auto* const shape = app.add_option("--shape", options.shape, "shape of the runs as JSON");
  auto* const replica =
      app.add_option("--replica", options.replicas, "values of one run as JSON; may be repeated");
  replica->allow_extra_args(false);
  file->excludes(shape)->excludes(replica);
  shape->needs(replica);
  replica->needs(shape);
  app.add_flag("--json", options.json, "with --run or --shape: print event lines");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::cerr << "scanyard-train: " << error.what() << "; see scanyard-train --help\n";
    return 2;
  }

  set_up_log();
  if (options.list_gpus) return list_gpus();
  // Before any torch call: LibTorch looks for a GPU once.
  const auto device = training::find_device(options.device, options.threads);
  if (!device) return no_device(device.error());
  models::set_up_cpu(options.threads);
  if (*file || *shape) return train_one_pack(options, *device);
  std::signal(SIGPIPE, SIG_IGN);  // a closed stdout is seen where it is written
  std::signal(SIGINT, SIG_IGN);   // Ctrl-C in a terminal is the agent's to handle
  return training::serve(*device, STDIN_FILENO, private_stdout());
}
