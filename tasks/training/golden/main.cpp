//! scanyard-golden DIR: checks the project's numbers against reference vectors.
#include <CLI/CLI.hpp>

#include <iostream>

#include "common/build_info.hpp"
#include "tasks/models/cpu_setup.hpp"
#include "tasks/training/errc.hpp"
#include "tasks/training/golden/run.hpp"
#include "tasks/training/trainer/device.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Checks layers, gradients, training, metrics and tasks against golden files.\n"
      "One line a file: passed, FAILED with the worst tensor, or skipped (not covered yet).\n"
      "Example: scanyard-golden tests/golden/data\n"
      "Exit codes: 0 nothing failed, 1 something failed, 2 the input cannot be used,\n"
      "3 the device cannot be used.");
  std::string folder;
  int threads = 1;
  app.set_version_flag("--version", "scanyard-golden " + std::string(scanyard::build_text()));
  app.add_option("DIR", folder, "folder that holds index.json and the files it lists")->required();
  std::string device_text = "cpu";
  app.add_option("--device", device_text,
                 "cpu or cuda:N; on a GPU layers, backbones and trainings run there, in fp32");
  app.add_option("--threads", threads, "CPU threads")->check(CLI::Range(1, 1024));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::cerr << "scanyard-golden: " << error.what() << "; see scanyard-golden --help\n";
    return 2;
  }
  // Before any torch call: LibTorch looks for a GPU once.
  const auto device = scanyard::training::find_device(device_text, threads);
  if (!device) {
    std::cerr << "scanyard-golden: " << device.error().to_string() << '\n';
    return device.error().code() == scanyard::training::errc::no_device ? 2 : 3;
  }
  scanyard::models::set_up_cpu(threads);
  const auto counts =
      scanyard::golden::check_folder(folder, std::cout, device->options.device());
  if (!counts) {
    std::cerr << "scanyard-golden: " << counts.error().to_string() << '\n';
    return 2;
  }
  return counts->failed == 0 ? 0 : 1;
}
