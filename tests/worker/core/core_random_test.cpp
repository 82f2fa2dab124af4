//! Random events in any order: the invariants hold after every one of them, and what the core was
//! given it accounts for.
#include <random>

#include "tests/worker/core/core_harness.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

class RandomDriver {
 public:
  explicit RandomDriver(std::uint64_t seed) : bits_(seed), h_(worker_info(3)) {}

  void run(int events) {
    for (int i = 0; i < events; ++i) {
      h_.now = h_.now + Duration{number(0, 3'000)};
      one_event();
      for (const auto& effect : h_.last) {
        if (const auto* store = std::get_if<Store>(&effect)) {
          storing_.push_back({store->report.run, store->report.token});
        }
      }
    }
  }

 private:
  std::int64_t number(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(bits_);
  }
  RunId some_run() { return run_named("r" + std::to_string(number(0, 11))); }
  Token some_token() { return token(number(1, next_token_), epoch_); }

  void one_event() {
    const std::int64_t slot = number(0, 2);
    switch (number(0, 19)) {
      case 0:
        return number(0, 3) == 0 ? h_.take(h_.core.on_disconnected(h_.now)) : h_.tick({0});
      case 1:
        return h_.take(h_.core.on_connected(h_.now));
      case 2:
        return h_.welcome(number(0, 2) == 0 ? ++epoch_ : epoch_, {some_token()});
      case 3:
      case 4:
      case 5:
        return grant(slot);
      case 6:
        return h_.tell(protocol::Revoke{{some_token(), some_token()}, "x"});
      case 7:
        return h_.tell(protocol::Who{{epoch_}});
      case 8:
        return h_.event(trainer_lines::Ready{}, slot);
      case 9:
        return h_.event(trainer_lines::Alive{number(0, 100)}, slot);
      case 10:
        return h_.event(trainer_lines::Epoch{some_run(), point(1)}, slot);
      case 11:
        return h_.event(trainer_lines::Finished{some_run(), outcome()}, slot);
      case 12:
        return h_.event(trainer_lines::Failed{some_run(), "x", "y"}, slot);
      case 13:
        return h_.event(trainer_lines::Stopped{some_run()}, slot);
      case 14:
        return h_.event(trainer_lines::Idle{}, slot);
      case 15:
        return number(0, 2) == 0 ? h_.exit({TrainerExit::Kind::signal, 11}, slot) : h_.tick({0});
      case 16:
        return stored();
      case 17:
        return h_.ack("r" + std::to_string(number(0, 11)), some_token());
      case 18:
        return h_.event(trainer_lines::Checkpointed{some_run(), "/x", 1}, slot);
      default:
        return h_.take(h_.core.on_tick(h_.now));
    }
  }
  void grant(std::int64_t slot) {
    std::vector<std::pair<std::string, Token>> runs;
    for (auto n = number(1, 5); n > 0; --n) {
      runs.push_back({"r" + std::to_string(number(0, 11)), token(++next_token_, epoch_)});
    }
    h_.grant(runs, slot, number(0, 1) == 0 ? "{}" : R"({"m":2})");
  }
  void stored() {
    const auto keys = std::move(storing_);
    storing_.clear();
    h_.take(number(0, 4) == 0 ? h_.core.on_store_failed(keys, "full", h_.now)
                              : h_.core.on_stored(keys, h_.now));
  }

  std::mt19937_64 bits_;
  CoreHarness h_;
  std::int64_t epoch_ = 1;
  std::int64_t next_token_ = 0;
  std::vector<ReportKey> storing_;
};

TEST_CASE("the invariants hold whatever happens in whatever order") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    RandomDriver(seed).run(1500);
  }
  SUCCEED();
}

TEST_CASE("the invariants hold over many more seeds", "[long]") {
  for (std::uint64_t seed = 1000; seed <= 3000; ++seed) {
    CAPTURE(seed);
    RandomDriver(seed).run(3000);
  }
  SUCCEED();
}

}  // namespace
}  // namespace scanyard::worker
