//! How --help looks: two columns, at most 80 wide. Included by options.cpp only, for it needs
//! CLI11.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

namespace scanyard::service::cli {

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* app) const override {
    return two_columns(app->get_display_name(true), app->get_description(), 12);
  }
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string name = make_option_name(option, is_positional);
    const bool value = option->get_items_expected_max() > 0;
    if (!is_positional && value) name += " " + option->get_type_name();
    const bool must = option->get_required() && !is_positional;
    return two_columns(name, option->get_description() + (must ? " (required)" : ""), 24);
  }
  std::string make_description(const CLI::App* app) const override {
    return wrapped(app->get_description(), 0) + "\n";
  }

 private:
  static constexpr std::size_t width_max = 80;

  static std::string two_columns(const std::string& name, const std::string& text,
                                 std::size_t column) {
    const std::string left = "  " + name;
    if (left.size() + 2 > column)
      return left + "\n" + std::string(column, ' ') + wrapped(text, column) + "\n";
    return fmt::format("{:<{}}{}\n", left, column, wrapped(text, column));
  }

  /// Breaks at blanks; further lines begin at `column`.
  static std::string wrapped(const std::string& text, std::size_t column) {
    std::string out;
    std::size_t used = column;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (used > column && used + 1 + (end - at) > width_max) {
        out += "\n" + std::string(column, ' ');
        used = column;
      } else if (used > column) {
        out += ' ';
        ++used;
      }
      out.append(text, at, end - at);
      used += end - at;
      at = end + 1;
    }
    return out;
  }
};

}  // namespace scanyard::service::cli
