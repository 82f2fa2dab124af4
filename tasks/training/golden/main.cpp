//! scanyard-golden DIR: checks the project's numbers against reference vectors.
#include <CLI/CLI.hpp>

#include <iostream>

#include "tasks/models/cpu_setup.hpp"
#include "tasks/training/golden/run.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Checks layers, gradients, training, metrics and tasks against golden files.\n"
      "One line a file: passed, FAILED with the worst tensor, or skipped (not covered yet).\n"
      "Example: scanyard-golden tests/golden/data\n"
      "Exit codes: 0 nothing failed, 1 something failed, 2 the input cannot be used.");
  std::string folder;
  int threads = 1;
  app.add_option("DIR", folder, "folder that holds index.json and the files it lists")->required();
  app.add_option("--threads", threads, "CPU threads")->check(CLI::Range(1, 1024));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  scanyard::models::set_up_cpu(threads);
  const auto counts = scanyard::golden::check_folder(folder, std::cout);
  if (!counts) {
    std::cerr << "scanyard-golden: " << counts.error().to_string() << '\n';
    return 2;
  }
  return counts->failed == 0 ? 0 : 1;
}
