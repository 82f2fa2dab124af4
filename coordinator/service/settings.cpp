#include "coordinator/service/settings.hpp"

#include <fmt/format.h>

#include "common/net/join_file.hpp"
#include "common/yaml/strict.hpp"
#include "coordinator/service/errc.hpp"

namespace scanyard::service {
namespace {

const std::vector<std::string> log_levels = {"debug", "info", "warning", "error"};

void read_web(yaml::Mapping& web, WebSettings& settings) {
  web.optional("enabled", settings.enabled);
  web.optional("bind", settings.bind);
  web.optional("port", settings.port, {0, 65535});
  web.optional("host_names", settings.host_names);
}

void read_leases(yaml::Mapping& leases, core::CoreOptions& options) {
  leases.optional("heartbeat", options.heartbeat);
  leases.optional("lease", options.lease);
  leases.optional("stall", options.stall);
}

void read_retries(yaml::Mapping& retries, core::CoreOptions& options) {
  retries.optional("attempts_max", options.attempts_max, {1, 100});
  retries.optional("losses_max", options.losses_max, {1, 250});
  retries.optional("alone_after", options.alone_after, {1, 100});
}

/// A duration in the largest unit that keeps it whole.
std::string duration_text(Duration span) {
  if (span.ms % 3'600'000 == 0) return fmt::format("{} h", span.ms / 3'600'000);
  if (span.ms % 60'000 == 0) return fmt::format("{} min", span.ms / 60'000);
  if (span.ms % 1'000 == 0) return fmt::format("{} s", span.ms / 1'000);
  return fmt::format("{} ms", span.ms);
}

/// A text as YAML in double quotes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string list_text(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items)
    out += (out.size() > 1 ? ", " : "") + quoted(item);
  return out + "]";
}

}  // namespace

Result<Settings> read_settings(const std::string& text, const std::string& source) {
  auto document = yaml::parse(text, source);
  if (!document) return propagate(document);
  Settings settings;
  yaml::Mapping root(*document);
  root.optional("listen", settings.listen);
  root.optional("advertise", settings.advertise);
  root.optional("database", settings.database);
  root.optional<std::int64_t>("database_mb_max", settings.database_mb_max, {0, 100'000'000});
  root.optional("allow_network_file_system", settings.allow_network_file_system);
  root.optional<std::int64_t>("runs_per_sweep_max", settings.runs_per_sweep_max, {1, 100'000'000});
  root.choice("log_level", settings.log_level, log_levels);
  root.section("web", [&](yaml::Mapping& web) { read_web(web, settings.web); });
  root.section("leases", [&](yaml::Mapping& leases) { read_leases(leases, settings.core); });
  root.section("retries", [&](yaml::Mapping& retries) { read_retries(retries, settings.core); });
  if (auto done = root.finish(); !done) return propagate(done);
  if (auto fits = check_settings(settings); !fits) return propagate(fits, source);
  return settings;
}

Result<void> check_settings(const Settings& settings) {
  if (auto listen = net::check_endpoint(settings.listen, true); !listen)
    return propagate(listen, "listen");
  if (!settings.advertise.empty()) {
    if (auto advertise = net::check_endpoint(settings.advertise); !advertise)
      return propagate(advertise, "advertise");
  }
  if (settings.database.empty()) return fail(errc::bad_setting, "'database' must name a file");
  const core::CoreOptions& core = settings.core;
  if (core.heartbeat.ms < 10)
    return fail(errc::bad_setting, "'leases.heartbeat' must be at least 10 ms");
  if (core.lease < 3 * core.heartbeat) {
    return fail(errc::bad_setting,
                fmt::format("'leases.lease' ({}) must be at least three heartbeats ({} each), or a "
                            "single late message "
                            "ends leases",
                            duration_text(core.lease), duration_text(core.heartbeat)));
  }
  if (core.stall < core.lease)
    return fail(errc::bad_setting, "'leases.stall' must not be shorter than 'leases.lease'");
  return {};
}

std::string to_yaml(const Settings& s) {
  return fmt::format(
      R"(# Settings of a Scanyard coordinator. Every line can be left out: what stands here are the values in force.
listen: {}        # where workers and clients connect; tcp://*:7400 for all interfaces
advertise: {}     # what join files name as the address; empty = listen
database: {}      # relative to this folder
database_mb_max: {}  # limit of the database's file; 0 = the disk's. Results wait with the workers when it is full
allow_network_file_system: {}  # only when no second machine ever opens the database
runs_per_sweep_max: {}
log_level: {}     # debug, info, warning, error
web:
  enabled: {}
  bind: {}        # a literal address; the page is protected by a token, but not encrypted
  port: {}
  host_names: {}  # further names under which browsers may call
leases:
  heartbeat: {}   # workers say something at least this often
  lease: {}       # silence after which a worker's runs go to others
  stall: {}       # a busy slot whose step counter stands still so long is given up
retries:
  attempts_max: {}  # failed attempts after which a run counts as failed
  losses_max: {}    # lost attempts (worker fell silent) after which it does
  alone_after: {}   # failed attempts after which a run is trained in a pack of its own
)",
      quoted(s.listen), quoted(s.advertise), quoted(s.database), s.database_mb_max,
      s.allow_network_file_system, s.runs_per_sweep_max, s.log_level, s.web.enabled,
      quoted(s.web.bind), s.web.port, list_text(s.web.host_names), duration_text(s.core.heartbeat),
      duration_text(s.core.lease), duration_text(s.core.stall), s.core.attempts_max,
      s.core.losses_max, s.core.alone_after);
}

std::string advertised_endpoint(const Settings& settings) {
  return settings.advertise.empty() ? settings.listen : settings.advertise;
}

}  // namespace scanyard::service
