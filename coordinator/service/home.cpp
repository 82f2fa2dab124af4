#include "coordinator/service/home.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "coordinator/service/errc.hpp"

namespace scanyard::service {
namespace {

namespace fs = std::filesystem;

Result<Home> named(const std::string& text, const char* where) {
  const fs::path folder = fs::absolute(text).lexically_normal();
  if (is_home(folder)) return Home{folder};
  return fail(
      errc::no_home,
      fmt::format("{} names {}, which is no coordinator's folder; make one with: scanyard init {}",
                  where, folder.string(), text));
}

}  // namespace

bool is_home(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "scanyard.yaml", ignored);
}

Result<Home> find_home(const std::optional<std::string>& flag) {
  if (flag) return named(*flag, "--home");
  const char* variable = std::getenv("SCANYARD_HOME");
  if (variable != nullptr && *variable != '\0') return named(variable, "SCANYARD_HOME");
  std::error_code failed;
  fs::path folder = fs::current_path(failed);
  if (failed) return fail(errc::no_home, "the working folder cannot be read: " + failed.message());
  const std::string start = folder.string();
  while (true) {
    if (is_home(folder / home_name)) return Home{folder / home_name};
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return fail(
      errc::no_home,
      fmt::format("no {} in {} or above it; make one with: scanyard init, or name one with --home",
                  home_name, start));
}

}  // namespace scanyard::service
