//! Catch2's main, after the set-up that every program makes before its first tensor.
#include <catch2/catch_session.hpp>

#include "tasks/models/cpu_setup.hpp"

int main(int argc, char** argv) {
  scanyard::models::set_up_cpu(1);
  return Catch::Session().run(argc, argv);
}
