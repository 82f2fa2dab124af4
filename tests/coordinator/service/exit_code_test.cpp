#include "coordinator/service/exit_code.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::service {
namespace {

ExitCode of(std::string_view code) {
  return exit_code_of(Error(ErrorCode{code}, "x"));
}

TEST_CASE("every folder's errors have an exit code that scripts can tell apart") {
  CHECK(of("spec.unknown_key") == ExitCode::bad_input);
  CHECK(of("yaml.syntax") == ExitCode::bad_input);
  CHECK(of("catalog.bad_value") == ExitCode::bad_input);
  CHECK(of("client.unreachable") == ExitCode::unreachable);
  CHECK(of("client.refused") == ExitCode::refused);
  CHECK(of("store.newer_version") == ExitCode::database);
  CHECK(of("store.not_found") == ExitCode::not_found);
  CHECK(of("net.exposed_file") == ExitCode::keys);
  CHECK(of("net.address_in_use") == ExitCode::address_in_use);
  CHECK(of("web.port_in_use") == ExitCode::address_in_use);
  CHECK(of("service.no_such_sweep") == ExitCode::not_found);
  CHECK(of("service.no_such_file") == ExitCode::not_found);
  CHECK(of("service.home_exists") == ExitCode::refused);
  CHECK(of("net.bad_name") == ExitCode::bad_input);
  CHECK(of("net.already_listed") == ExitCode::refused);
  CHECK(of("core.sweep_not_open") == ExitCode::refused);
  CHECK(of("cli.bad_usage") == ExitCode::usage);
  CHECK(of("something.else") == ExitCode::failed);
}

}  // namespace
}  // namespace scanyard::service
