//! Random messages survive; random damage never does harm.
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "common/protocol/codec.hpp"
#include "common/protocol/limits.hpp"
#include "tests/common/protocol/message_builders.hpp"

namespace scanyard::protocol {
namespace {

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : bits_(seed) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(bits_);
  }
  double real() { return std::uniform_real_distribution<double>(-1e6, 1e6)(bits_); }
  std::string text(std::int64_t bytes_max) {
    static constexpr std::string_view letters[] = {"a", "Z", "0", "\n", "\"", "ä", "€", "𝄞"};
    std::string out;
    for (auto n = integer(0, bytes_max / 4); n > 0; --n)
      out += letters[integer(0, 7)];
    return out;
  }
  RunId run() {
    RunId id;
    for (auto& byte : id.bytes)
      byte = static_cast<std::uint8_t>(integer(0, 255));
    return id;
  }
  Token token() { return {{integer(0, INT64_MAX)}, integer(0, INT64_MAX)}; }
  EpochPoint point() {
    return {static_cast<std::int32_t>(integer(0, INT32_MAX)),
            integer(0, INT64_MAX),
            real(),
            real(),
            real(),
            real()};
  }
  std::optional<EpochPoint> maybe_point() {
    return integer(0, 1) == 0 ? std::nullopt : std::optional(point());
  }

  AttemptReport report() {
    AttemptReport r;
    r.run = run();
    r.token = token();
    r.end = static_cast<AttemptEnd>(integer(0, 5));
    r.reason = text(limits::code_bytes_max);
    r.message = text(limits::message_bytes_max);
    r.log_tail = text(limits::log_tail_bytes_max);
    r.started = {integer(INT64_MIN, INT64_MAX)};
    r.ended = {integer(INT64_MIN, INT64_MAX)};
    r.slot = static_cast<std::int32_t>(integer(0, INT32_MAX));
    for (auto n = integer(0, 20); n > 0; --n)
      r.curve.push_back(point());
    if (r.end == AttemptEnd::finished || r.end == AttemptEnd::diverged) {
      r.outcome.emplace();
      r.outcome->diverged = r.end == AttemptEnd::diverged;
      r.outcome->solved = integer(0, 1) == 1;
      r.outcome->at_lowest_perplexity = maybe_point();
      r.outcome->at_best_accuracy = maybe_point();
      r.outcome->at_last = maybe_point();
      r.outcome->train_s = std::abs(real());
      r.outcome->device = text(limits::name_bytes_max);
    }
    return r;
  }

  std::string damaged(std::string bytes) {
    for (auto n = integer(1, 4); n > 0 && !bytes.empty(); --n) {
      const auto at = static_cast<std::size_t>(integer(0, std::ssize(bytes) - 1));
      switch (integer(0, 3)) {
        case 0:
          bytes[at] = static_cast<char>(integer(0, 255));
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << integer(0, 7)));
          break;
        case 2:
          bytes.erase(at, static_cast<std::size_t>(integer(1, 8)));
          break;
        default:
          bytes.insert(at, 1, static_cast<char>(integer(0, 255)));
          break;
      }
    }
    return bytes;
  }

 private:
  std::mt19937_64 bits_;
};

void check_random_reports(std::uint64_t first_seed, int count) {
  for (int i = 0; i < count; ++i) {
    CAPTURE(first_seed + static_cast<std::uint64_t>(i));
    Generator generator(first_seed + static_cast<std::uint64_t>(i));
    const auto bytes = encode_report(generator.report());
    const auto back = decode_report(bytes);
    REQUIRE(back);
    REQUIRE(encode_report(*back) == bytes);
  }
}

/// What a decoder takes from damaged bytes must itself be a lawful message.
void check_damaged_messages(std::uint64_t first_seed, int count) {
  const auto worker = testing::every_worker_message();
  const auto coordinator = testing::every_coordinator_message();
  for (int i = 0; i < count; ++i) {
    CAPTURE(first_seed + static_cast<std::uint64_t>(i));
    Generator generator(first_seed + static_cast<std::uint64_t>(i));
    const auto& sent =
        worker[static_cast<std::size_t>(generator.integer(0, std::ssize(worker) - 1))];
    const auto body = generator.damaged(encode(sent, 1).body);
    if (const auto back = decode_worker_message(kind_of(sent), body)) {
      REQUIRE(decode_worker_message(kind_of(sent), encode(*back, 1).body));
    }
    const auto& answer =
        coordinator[static_cast<std::size_t>(generator.integer(0, std::ssize(coordinator) - 1))];
    const auto answer_body = generator.damaged(encode(answer, 1).body);
    if (const auto back = decode_coordinator_message(kind_of(answer), answer_body)) {
      REQUIRE(decode_coordinator_message(kind_of(answer), encode(*back, 1).body));
    }
  }
}

TEST_CASE("any lawful report survives the trip through its bytes") {
  check_random_reports(1, 300);
}

TEST_CASE("damaged bytes give an error or another lawful message, never a crash") {
  check_damaged_messages(1, 20'000);
}

TEST_CASE("every truncation of a message is an error") {
  for (const auto& message : testing::every_worker_message()) {
    const auto body = encode(message, 1).body;
    for (std::size_t size = 0; size < body.size(); ++size) {
      REQUIRE(!decode_worker_message(kind_of(message), std::string_view(body).substr(0, size)));
    }
  }
}

TEST_CASE("many more random reports and damages", "[long]") {
  check_random_reports(1'000'000, 20'000);
  check_damaged_messages(1'000'000, 2'000'000);
}

}  // namespace
}  // namespace scanyard::protocol
