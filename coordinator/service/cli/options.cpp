//! The one file with CLI11: options, and the program's command line.
#include "coordinator/service/cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "common/build_info.hpp"
#include "common/text.hpp"
#include "coordinator/service/cli/command.hpp"

namespace scanyard::service::cli {
namespace {

CLI::App& app_of(void* app) {
  return *static_cast<CLI::App*>(app);
}

/// Which command was meant by a word that is none, for the message.
std::string hint_for(const Commands& commands, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& command : commands)
    names.push_back(command->name().substr(0, command->name().find(' ')));
  const auto near = nearest(word, names);
  return near ? fmt::format("; did you mean 'scanyard {}'?", *near)
              : "; scanyard --help lists the commands";
}

/// The parent of a command of two words ("key add"), made at its first child.
CLI::App* parent_for(CLI::App& root, const std::string& name) {
  const auto space = name.find(' ');
  if (space == std::string::npos) return &root;
  const std::string group = name.substr(0, space);
  const auto same = [&](const CLI::App* app) { return app->get_name() == group; };
  const auto existing = root.get_subcommands(same);
  if (!existing.empty()) return existing.front();
  CLI::App* made = root.add_subcommand(group, fmt::format("See scanyard {} --help", group));
  made->require_subcommand(1);
  made->fallthrough();
  return made;
}

CLI::App* declare(CLI::App& root, Command& command) {
  const std::string full = command.name();
  const auto space = full.find(' ');
  CLI::App* parent = parent_for(root, full);
  CLI::App* app = parent->add_subcommand(space == std::string::npos ? full : full.substr(space + 1),
                                         command.summary());
  std::string footer = "Examples:\n";
  std::string line;
  for (const char c : command.examples() + "\n") {
    if (c != '\n') {
      line += c;
    } else if (!line.empty()) {
      footer += "  " + line + "\n";
      line.clear();
    }
  }
  app->footer(footer);
  app->fallthrough();
  Options options(app);
  command.declare(options);
  return app;
}

void declare_globals(CLI::App& root, Globals& globals) {
  root.add_option("--home", globals.home,
                  "The coordinator's folder (else SCANYARD_HOME, else .scanyard here or above)");
  root.add_option("--join", globals.join,
                  "A client's join file, to talk to a coordinator elsewhere");
  root.add_option("--timeout", globals.timeout_s, "Seconds to try to reach the coordinator")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400}))
      ->capture_default_str();
  root.set_version_flag("--version", std::string("scanyard ") + std::string(build_text()));
}

int complain(const CLI::App& root, const CLI::ParseError& error, const Commands& commands,
             int argument_count, char** arguments) {
  if (error.get_exit_code() == 0) return root.exit(error);  // --help, --version
  std::string message = error.what();
  if (root.get_subcommands().empty()) {
    message = "a command is missing; scanyard --help lists them";
    for (int i = 1; i < argument_count; ++i) {
      if (arguments[i][0] == '-') continue;
      message = fmt::format("'{}' is no command{}", arguments[i], hint_for(commands, arguments[i]));
      break;
    }
  }
  fmt::print(stderr, "scanyard: {}\n", message);
  return static_cast<int>(ExitCode::usage);
}

}  // namespace

void Options::text(const std::string& name, std::string& target, const std::string& doc) {
  auto* option = app_of(app_).add_option(name, target, doc);
  if (!target.empty()) option->capture_default_str();
}

void Options::text(const std::string& name, std::optional<std::string>& target,
                   const std::string& doc) {
  app_of(app_).add_option(name, target, doc);
}

void Options::integer(const std::string& name, std::int64_t& target, const std::string& doc,
                      std::int64_t minimum, std::int64_t maximum) {
  app_of(app_)
      .add_option(name, target, doc)
      ->check(CLI::Range(minimum, maximum))
      ->capture_default_str();
}

void Options::integer(const std::string& name, std::optional<std::int64_t>& target,
                      const std::string& doc, std::int64_t minimum, std::int64_t maximum) {
  app_of(app_).add_option(name, target, doc)->check(CLI::Range(minimum, maximum));
}

void Options::flag(const std::string& name, bool& target, const std::string& doc) {
  app_of(app_).add_flag(name, target, doc);
}

void Options::list(const std::string& name, std::vector<std::string>& target,
                   const std::string& doc) {
  app_of(app_).add_option(name, target, doc);
}

void Options::choice(const std::string& name, std::string& target,
                     const std::vector<std::string>& choices, const std::string& doc) {
  app_of(app_).add_option(name, target, doc)->check(CLI::IsMember(choices))->capture_default_str();
}

void Options::required(const std::string& name, std::string& target, const std::string& doc) {
  app_of(app_).add_option(name, target, doc)->required();
}

int run_command_line(const Commands& commands, int argument_count, char** arguments) {
  CLI::App root(
      "Sweeps and benchmarks of linear recurrent networks: one file describes thousands of small "
      "trainings, one page shows the table.",
      "scanyard");
  root.require_subcommand(1);
  root.footer("Start with: scanyard demo. Every command and exit code: docs/cli.md.");
  Globals globals;
  declare_globals(root, globals);
  Command* chosen = nullptr;
  for (const auto& command : commands)
    declare(root, *command)->callback([&chosen, &command] { chosen = command.get(); });
  try {
    root.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return complain(root, error, commands, argument_count, arguments);
  }
  return static_cast<int>(chosen->run(globals));
}

ExitCode report(const Error& error) {
  fmt::print(stderr, "scanyard: {}\n", error.to_string());
  return exit_code_of(error);
}

}  // namespace scanyard::service::cli
