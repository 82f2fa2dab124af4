#include "coordinator/service/new_home.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>

#include "common/net/join_file.hpp"
#include "common/net/keys.hpp"
#include "common/net/secret_file.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/files.hpp"
#include "coordinator/store/writer.hpp"
#include "web/server.hpp"

namespace scanyard::service {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t settings_bytes_max = 1 << 20;

/// Errors: service.home_exists when the folder has anything in it.
Result<void> check_empty(const fs::path& folder) {
  std::error_code failed;
  if (!fs::exists(folder, failed)) return {};
  if (!fs::is_directory(folder, failed))
    return fail(errc::home_exists,
                fmt::format("{} is there already and is no folder", folder.string()));
  if (fs::is_empty(folder, failed) && !failed) return {};
  return fail(
      errc::home_exists,
      fmt::format("{} is not empty: scanyard init never overwrites anything; name a new folder",
                  folder.string()));
}

Result<void> fill(const Home& home, const Settings& settings, const std::string& added) {
  const net::KeyPair server = net::generate_key_pair();
  if (auto ok = net::write_key_pair(home.server_key(), server); !ok) return ok;
  auto settings_written = net::write_whole_file(home.settings(), to_yaml(settings), net::open_mode,
                                                net::Existing::refuse);
  if (!settings_written) return settings_written;
  for (const auto& [name, role] :
       {std::pair{"worker", net::Role::worker}, {"client", net::Role::client}}) {
    if (auto key = add_key(home, settings, name, role, added); !key) return propagate(key);
  }
  auto token = net::write_whole_file(home.web_token(), web::random_token() + "\n", net::secret_mode,
                                     net::Existing::refuse);
  if (!token) return token;
  store::WriterOptions options;
  options.path = home.folder / settings.database;
  options.allow_network_file_system = settings.allow_network_file_system;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  auto writer = store::Writer::open(
      options, {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
  if (!writer) return propagate(writer);
  return {};
}

}  // namespace

Result<Home> make_home(const fs::path& folder, const Settings& settings, const std::string& added) {
  const Home home{fs::absolute(folder).lexically_normal()};
  if (auto ok = check_empty(home.folder); !ok) return propagate(ok);
  std::error_code failed;
  const bool existed = fs::exists(home.folder, failed);
  fs::create_directories(home.folder, failed);
  if (failed) {
    return fail(errc::file_failed,
                fmt::format("cannot make {}: {}", home.folder.string(), failed.message()));
  }
  ::chmod(home.folder.c_str(), 0700);
  if (auto ok = fill(home, settings, added); !ok) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(home.folder, ignored))
      fs::remove_all(entry.path(), ignored);
    if (!existed) fs::remove(home.folder, ignored);
    return propagate(ok);
  }
  return home;
}

Result<fs::path> add_key(const Home& home, const Settings& settings, const std::string& name,
                         net::Role role, const std::string& added) {
  if (!net::check_endpoint(advertised_endpoint(settings))) {
    return fail(errc::bad_setting,
                fmt::format("{}: 'listen' is {}, which names no host that others could connect to: "
                            "add a line 'advertise: tcp://HOST:PORT'",
                            home.settings().string(), settings.listen));
  }
  auto server = net::read_key_pair(home.server_key(), "scanyard init in a new folder");
  if (!server) return propagate(server);
  net::JoinFile join;
  join.endpoint = advertised_endpoint(settings);
  join.server_key = server->public_key;
  join.name = name;
  join.role = role;
  join.key = net::generate_key_pair();
  const fs::path path = home.join(name);
  std::error_code ignored;
  if (fs::exists(path, ignored))
    return fail(errc::home_exists, fmt::format("{} is there already", path.string()));
  auto listed = net::add_allowed_key(home.allow_list(), {name, role, join.key.public_key, added});
  if (!listed) return propagate(listed);
  if (auto written = net::write_join_file(path, join); !written) {
    auto undone = net::remove_allowed_key(home.allow_list(), name);
    if (!undone) return propagate(undone, written.error().to_string());
    return propagate(written);
  }
  return path;
}

Result<Settings> load_settings(const Home& home) {
  auto text = read_text_file(home.settings(), settings_bytes_max);
  if (!text) return propagate(text);
  return read_settings(*text, home.settings().string());
}

}  // namespace scanyard::service
