//! web_preview: serves the fake read model, for looking at the pages and for tests/browser.
//!   web_preview [--empty] [--port N] [--token T]
//! Prints the address with its token, then takes lines on stdin: finish N, fail, lose, submit NAME,
//! break, quit. Answers each with "ok", so that whoever drives it knows that it has happened.
#include <fmt/format.h>

#include <iostream>
#include <sstream>
#include <string>

#include "tests/web/fake_read_model.hpp"
#include "web/server.hpp"

namespace {

using scanyard::web::FakeReadModel;

/// Does what a control line says. False when it says something else.
bool obey(FakeReadModel& model, const std::string& line) {
  std::istringstream words(line);
  std::string verb, name;
  int count = 0;
  words >> verb;
  if (verb == "finish" && words >> count) {
    model.finish_runs(count);
  } else if (verb == "fail") {
    model.fail_run();
  } else if (verb == "lose") {
    model.lose_worker();
  } else if (verb == "submit" && words >> name) {
    model.submit(name, 10);
  } else if (verb == "break") {
    model.break_down();
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  auto content = FakeReadModel::Content::full;
  scanyard::web::ServerOptions options;
  options.port = 0;
  options.token = scanyard::web::random_token();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--empty") {
      content = FakeReadModel::Content::nothing;
    } else if (argument == "--port" && i + 1 < argc) {
      options.port = static_cast<std::uint16_t>(std::stoi(argv[++i]));
    } else if (argument == "--token" && i + 1 < argc) {
      options.token = argv[++i];
    } else {
      std::cerr << "web_preview [--empty] [--port N] [--token T]\n";
      return 2;
    }
  }
  FakeReadModel model(content);
  options.on_trouble = [](const std::string& line) { std::cerr << line << "\n"; };
  auto server = scanyard::web::Server::start(model, options);
  if (!server) {
    std::cerr << server.error().to_string() << "\n";
    return 1;
  }
  std::cout << (*server)->address_with_token() << std::endl;
  for (std::string line; std::getline(std::cin, line) && line != "quit";)
    std::cout << (obey(model, line) ? "ok" : "unknown: " + line) << std::endl;
  return 0;
}
