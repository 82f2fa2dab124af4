//! What a command takes, without CLI11 in sight: that header costs six seconds a file, so only
//! options.cpp includes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scanyard::service::cli {

/// Declares the options and arguments of one command. Targets keep their value where the option is
/// not given; what they hold at the declaration is shown as the default. Names are as they are
/// typed: "--reason", "-n,--name", or a bare word for an argument.
class Options {
 public:
  explicit Options(void* app) : app_(app) {}

  void text(const std::string& name, std::string& target, const std::string& doc);
  void text(const std::string& name, std::optional<std::string>& target, const std::string& doc);
  void integer(const std::string& name, std::int64_t& target, const std::string& doc,
               std::int64_t minimum, std::int64_t maximum);
  void integer(const std::string& name, std::optional<std::int64_t>& target, const std::string& doc,
               std::int64_t minimum, std::int64_t maximum);
  void flag(const std::string& name, bool& target, const std::string& doc);
  /// May be given several times, or with several words.
  void list(const std::string& name, std::vector<std::string>& target, const std::string& doc);
  void choice(const std::string& name, std::string& target, const std::vector<std::string>& choices,
              const std::string& doc);

  /// As text(), but the command cannot do without.
  void required(const std::string& name, std::string& target, const std::string& doc);
  void required_integer(const std::string& name, std::int64_t& target, const std::string& doc,
                        std::int64_t minimum, std::int64_t maximum);

 private:
  void* app_;  //!< a CLI::App
};

}  // namespace scanyard::service::cli
