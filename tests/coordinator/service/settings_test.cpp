#include "coordinator/service/settings.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/service/errc.hpp"

namespace scanyard::service {
namespace {

std::string error_of(const std::string& yaml) {
  const auto settings = read_settings(yaml, "scanyard.yaml");
  REQUIRE_FALSE(settings);
  return settings.error().to_string();
}

TEST_CASE("an empty file means the defaults") {
  const auto settings = read_settings("", "scanyard.yaml");
  REQUIRE(settings);
  CHECK(settings->listen == "tcp://127.0.0.1:7400");
  CHECK(settings->web.bind == "127.0.0.1");
  CHECK(settings->core.heartbeat == Duration{2'000});
}

TEST_CASE("what is printed reads back as the same settings") {
  Settings settings;
  settings.listen = "tcp://*:7401";
  settings.advertise = "tcp://login1:7401";
  settings.web.host_names = {"sweeps.example.org"};
  settings.web.port = 0;
  settings.core.lease = Duration{90'500};
  settings.core.attempts_max = 7;
  const auto back = read_settings(to_yaml(settings), "x");
  REQUIRE(back);
  CHECK(to_yaml(*back) == to_yaml(settings));
  CHECK(back->core.lease == Duration{90'500});
  CHECK(back->web.host_names == settings.web.host_names);
}

TEST_CASE("an unknown key names file, line and the nearest key") {
  CHECK(error_of("listen: tcp://127.0.0.1:1\nweb:\n  prot: 80\n") ==
        "scanyard.yaml:3: unknown key 'prot' under 'web'; did you mean 'port'?");
}

TEST_CASE("settings that do not fit together are refused with the reason") {
  CHECK(error_of("leases: {heartbeat: 10 s, lease: 20 s}").find("three heartbeats") !=
        std::string::npos);
  CHECK(error_of("listen: '127.0.0.1:7400'").find("tcp://HOST:PORT") != std::string::npos);
  CHECK(error_of("web: {port: 99999}").find("65535") != std::string::npos);
}

TEST_CASE("join files name the advertised address, else the one that is listened on") {
  Settings settings;
  CHECK(advertised_endpoint(settings) == settings.listen);
  settings.advertise = "tcp://login1:7400";
  CHECK(advertised_endpoint(settings) == "tcp://login1:7400");
}

}  // namespace
}  // namespace scanyard::service
