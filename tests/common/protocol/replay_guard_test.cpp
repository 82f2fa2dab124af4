#include "common/protocol/replay_guard.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::protocol {
namespace {

TEST_CASE("a sender's sequence numbers must rise") {
  ReplayGuard guard;
  CHECK(guard.admit("w1", 1));
  CHECK(guard.admit("w1", 2));
  CHECK(guard.admit("w1", 10));
  CHECK_FALSE(guard.admit("w1", 10));
  CHECK_FALSE(guard.admit("w1", 3));
  CHECK(guard.admit("w1", 11));
  CHECK(guard.refused() == 2);
}

TEST_CASE("sequence number zero is never fresh") {
  ReplayGuard guard;
  CHECK_FALSE(guard.admit("w1", 0));
  CHECK(guard.senders() == 0);
}

TEST_CASE("senders do not disturb each other") {
  ReplayGuard guard;
  CHECK(guard.admit("w1", 5));
  CHECK(guard.admit("w2", 1));
  CHECK_FALSE(guard.admit("w1", 1));
}

TEST_CASE("a sender that said bye may start anew") {
  ReplayGuard guard;
  CHECK(guard.admit("w1", 5));
  guard.forget("w1");
  CHECK(guard.admit("w1", 1));
}

TEST_CASE("beyond the limit the sender that was silent longest is forgotten") {
  ReplayGuard guard(2);
  CHECK(guard.admit("old", 1));
  CHECK(guard.admit("young", 1));
  CHECK(guard.admit("old", 2));
  CHECK(guard.admit("new", 1));
  CHECK(guard.senders() == 2);
  CHECK_FALSE(guard.admit("old", 2));
  CHECK(guard.admit("young", 1));
}

}  // namespace
}  // namespace scanyard::protocol
