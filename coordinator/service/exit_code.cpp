#include "coordinator/service/exit_code.hpp"

#include <array>
#include <utility>

namespace scanyard::service {
namespace {

/// First match wins: whole codes before the folders that they belong to.
constexpr auto table = std::to_array<std::pair<std::string_view, ExitCode>>({
    {"cli.missing_program", ExitCode::not_found},
    {"cli.", ExitCode::usage},
    {"client.refused", ExitCode::refused},
    {"client.", ExitCode::unreachable},
    {"service.no_home", ExitCode::not_found},
    {"service.no_such_file", ExitCode::not_found},
    {"service.no_such_sweep", ExitCode::not_found},
    {"service.ambiguous_sweep", ExitCode::not_found},
    {"service.bad_setting", ExitCode::bad_input},
    {"service.wrong_role", ExitCode::refused},
    {"service.sweep_state", ExitCode::refused},
    {"service.home_exists", ExitCode::refused},
    {"service.stopping", ExitCode::unreachable},
    {"core.no_such_worker", ExitCode::not_found},
    {"core.", ExitCode::refused},
    {"spec.", ExitCode::bad_input},
    {"yaml.", ExitCode::bad_input},
    {"catalog.", ExitCode::bad_input},
    {"store.not_found", ExitCode::not_found},
    {"store.ambiguous", ExitCode::not_found},
    {"store.bad_submission", ExitCode::bad_input},
    {"store.", ExitCode::database},
    {"net.address_in_use", ExitCode::address_in_use},
    {"web.port_in_use", ExitCode::address_in_use},
    {"net.not_listed", ExitCode::not_found},
    {"net.bad_endpoint", ExitCode::bad_input},
    {"net.bad_name", ExitCode::bad_input},
    {"net.already_listed", ExitCode::refused},
    {"net.socket_failed", ExitCode::failed},
    {"net.", ExitCode::keys},
    {"web.", ExitCode::bad_input},
    {"ids.", ExitCode::not_found},
    {"protocol.version", ExitCode::refused},
    {"protocol.", ExitCode::failed},
});

}  // namespace

ExitCode exit_code_of(const Error& error) {
  for (const auto& [prefix, code] : table) {
    const bool whole = !prefix.ends_with('.');
    const std::string_view text = error.code().text;
    if (whole ? text == prefix : text.starts_with(prefix)) return code;
  }
  return ExitCode::failed;
}

}  // namespace scanyard::service
