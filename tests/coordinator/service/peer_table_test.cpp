#include "coordinator/service/peer_table.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::service {
namespace {

TEST_CASE("a connection keeps its number, and a number is never given twice") {
  PeerTable peers;
  const auto a = peers.number_of("a"), b = peers.number_of("b");
  CHECK(a != b);
  CHECK(peers.number_of("a") == a);
  CHECK(*peers.name_of(b) == "b");
  peers.prune([&](core::PeerId peer) { return peer == a; });
  CHECK(peers.size() == 1);
  CHECK(peers.name_of(b) == nullptr);
  CHECK(peers.number_of("b") != b);
}

}  // namespace
}  // namespace scanyard::service
