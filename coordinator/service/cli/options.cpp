//! The one file with CLI11: options, and the program's command line.
#include "coordinator/service/cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>

#include "common/build_info.hpp"
#include "common/text.hpp"
#include "coordinator/service/cli/command.hpp"
#include "coordinator/service/cli/help_formatter.hpp"

namespace scanyard::service::cli {
namespace {

CLI::App& app_of(void* app) {
  return *static_cast<CLI::App*>(app);
}

std::string named_default(const std::string& doc, const std::string& value) {
  return value.empty() ? doc : fmt::format("{} (default {})", doc, value);
}

CLI::Validator whole_number(std::int64_t minimum, std::int64_t maximum) {
  const auto check = [=](const std::string& text) -> std::string {
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = failed == std::errc{} && end == text.data() + text.size();
    if (whole && minimum <= value && value <= maximum) return {};
    return fmt::format("'{}' is no whole number from {} to {}", text, minimum, maximum);
  };
  return CLI::Validator(check, "");
}

CLI::Validator one_of(const std::vector<std::string>& choices) {
  const auto check = [choices](const std::string& text) -> std::string {
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return {};
    return fmt::format("'{}' is not possible; valid here: {}", text, fmt::join(choices, ", "));
  };
  return CLI::Validator(check, "");
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
  // The one group that there is.
  CLI::App* made = root.add_subcommand(group, "Keys that may connect: add, list, remove");
  made->require_subcommand(1);
  made->footer(fmt::format("Options and examples: scanyard {} COMMAND --help", group));
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
  footer += "\n--home, --join and --timeout go with every command: scanyard --help";
  app->footer(footer);
  app->fallthrough();
  Options options(app);
  command.declare(options);
  return app;
}

void declare_globals(CLI::App& root, Globals& globals) {
  Options options(&root);
  options.text("--home", globals.home,
               "The coordinator's folder (else SCANYARD_HOME, else .scanyard here or above)");
  options.text("--join", globals.join,
               "A client's join file, to talk to a coordinator elsewhere (else SCANYARD_JOIN)");
  options.integer("--timeout", globals.timeout_s, "Seconds to try to reach the coordinator", 1,
                  86'400);
  root.set_version_flag("--version", std::string("scanyard ") + std::string(build_text()),
                        "Print the version and end");
}

/// The command that was being read when parsing stopped: "scanyard", "scanyard key add".
const CLI::App& innermost(const CLI::App& root, std::string& path) {
  const CLI::App* app = &root;
  path = root.get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    path += " " + app->get_name();
  }
  return *app;
}

/// What is wrong with a word that no option or argument takes.
std::string unexpected(const CLI::App& root, const CLI::App& app, const std::string& word) {
  if (!word.starts_with("-")) return fmt::format("'{}' is one argument too many", word);
  std::vector<std::string> names;
  for (const CLI::App* from : {&app, &root}) {
    for (const CLI::Option* option : from->get_options()) {
      for (const auto& name : option->get_lnames())
        names.push_back("--" + name);
    }
  }
  const auto near = nearest(word.substr(0, word.find('=')), names);
  return fmt::format("there is no option '{}'{}", word,
                     near ? fmt::format("; did you mean {}?", *near) : "");
}

std::string complaint(const CLI::App& root, const CLI::ParseError& error, const Commands& commands,
                      int argument_count, char** arguments) {
  std::string path;
  const CLI::App& app = innermost(root, path);
  const bool group = !app.get_subcommands([](const CLI::App*) { return true; }).empty();
  if (&app == &root) {
    for (int i = 1; i < argument_count; ++i) {
      const std::string word = arguments[i];
      if (!word.starts_with("-"))
        return fmt::format("'{}' is no command{}", word, hint_for(commands, word));
    }
  }
  std::string message = error.what();
  const auto extras = root.remaining(true);
  if (!extras.empty() && group && !extras.front().starts_with("-")) {
    message = fmt::format("'{}' is no command of {}", extras.front(), path);
  } else if (!extras.empty()) {
    message = unexpected(root, app, extras.front());
  } else if (group) {
    message = "a command is missing";
  } else if (error.get_name() == "RequiredError") {
    message = fmt::format("{} is missing", message.substr(0, message.find(" is required")));
  }
  return fmt::format("{}{} {} --help", message, message.ends_with('?') ? " See" : "; see", path);
}

int complain(const CLI::App& root, const CLI::ParseError& error, const Commands& commands,
             int argument_count, char** arguments) {
  if (error.get_exit_code() == 0) return root.exit(error);  // --help, --version
  fmt::print(stderr, "scanyard: {}\n", complaint(root, error, commands, argument_count, arguments));
  return static_cast<int>(ExitCode::usage);
}

}  // namespace

void Options::text(const std::string& name, std::string& target, const std::string& doc) {
  app_of(app_).add_option(name, target, named_default(doc, target))->type_name("TEXT");
}

void Options::text(const std::string& name, std::optional<std::string>& target,
                   const std::string& doc) {
  app_of(app_).add_option(name, target, doc)->type_name("TEXT");
}

void Options::integer(const std::string& name, std::int64_t& target, const std::string& doc,
                      std::int64_t minimum, std::int64_t maximum) {
  app_of(app_)
      .add_option(name, target, named_default(doc, std::to_string(target)))
      ->check(whole_number(minimum, maximum))
      ->type_name("N");
}

void Options::integer(const std::string& name, std::optional<std::int64_t>& target,
                      const std::string& doc, std::int64_t minimum, std::int64_t maximum) {
  app_of(app_).add_option(name, target, doc)->check(whole_number(minimum, maximum))->type_name("N");
}

void Options::flag(const std::string& name, bool& target, const std::string& doc) {
  app_of(app_).add_flag(name, target, doc);
}

void Options::list(const std::string& name, std::vector<std::string>& target,
                   const std::string& doc) {
  app_of(app_).add_option(name, target, doc)->type_name("TEXT");
}

void Options::choice(const std::string& name, std::string& target,
                     const std::vector<std::string>& choices, const std::string& doc) {
  const std::string all = fmt::format("{}: {}", doc, fmt::join(choices, ", "));
  app_of(app_)
      .add_option(name, target, named_default(all, target))
      ->check(one_of(choices))
      ->type_name("TEXT");
}

void Options::required(const std::string& name, std::string& target, const std::string& doc) {
  app_of(app_).add_option(name, target, doc)->required()->type_name("TEXT");
}

void Options::required_integer(const std::string& name, std::int64_t& target,
                               const std::string& doc, std::int64_t minimum, std::int64_t maximum) {
  app_of(app_)
      .add_option(name, target, doc)
      ->required()
      ->check(whole_number(minimum, maximum))
      ->type_name("N");
}

int run_command_line(const Commands& commands, int argument_count, char** arguments) {
  CLI::App root(
      "Sweeps and benchmarks of linear recurrent networks: one file describes thousands of small "
      "trainings, one page shows the table.",
      "scanyard");
  root.require_subcommand(1);
  root.formatter(std::make_shared<HelpFormatter>());
  root.footer(
      "Start with: scanyard demo. More: scanyard COMMAND --help, and docs/cli.md.\n"
      "Exit codes: 0 done, 1 other failure, 2 wrong usage, 3 bad spec or settings,\n"
      "4 not found, 5 coordinator not reachable, 6 refused, 7 database, 8 keys,\n"
      "9 address in use, 10 watch: runs failed or were cancelled, 130 Ctrl-C.");
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
