//! Strong ids: what is a run's id can never be passed where a sweep's is wanted.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "common/error.hpp"

namespace scanyard {

/// A 64-bit integer with a meaning. `Tag` only makes the type distinct.
template <class Tag>
struct StrongInt {
  std::int64_t value = 0;
  friend auto operator<=>(StrongInt, StrongInt) = default;
};

/// Number of a submitted sweep, from 1, given by the database.
using SweepId = StrongInt<struct SweepTag>;
/// Number of a cell in the database, from 1.
using CellId = StrongInt<struct CellTag>;
/// Number of a slot on one worker, from 0.
using SlotId = StrongInt<struct SlotTag>;
/// Rises by one at every start of a coordinator on a database. Part of every token.
using Epoch = StrongInt<struct EpochTag>;

/// Content hash of a run's canonical form (BLAKE2b, 128 bits): the same run asked for twice has the
/// same id.
struct RunId {
  std::array<std::uint8_t, 16> bytes{};

  /// 32 lower-case hexadecimal digits.
  std::string hex() const;
  /// The first 10 digits, for people; commands accept any prefix that is unique.
  std::string short_hex() const { return hex().substr(0, 10); }
  /// Errors: ids.bad_run_id unless `text` is 32 hexadecimal digits.
  static Result<RunId> parse(std::string_view text);

  friend auto operator<=>(const RunId&, const RunId&) = default;
};

/// Fencing token of one attempt: (coordinator epoch, number within it). A later lease of the same
/// run always has the greater token, so that a superseded attempt is recognised whatever the order
/// in which messages arrive.
struct Token {
  Epoch epoch;
  std::int64_t number = 0;
  friend auto operator<=>(Token, Token) = default;

  /// "3.1041": what logs, trainer lines and the database show.
  std::string to_string() const;
  /// Errors: ids.bad_token.
  static Result<Token> parse(std::string_view text);
};

namespace errc {
inline constexpr ErrorCode bad_run_id{"ids.bad_run_id"};
inline constexpr ErrorCode bad_token{"ids.bad_token"};
}  // namespace errc

}  // namespace scanyard

template <class Tag>
struct std::hash<scanyard::StrongInt<Tag>> {
  std::size_t operator()(scanyard::StrongInt<Tag> id) const {
    return std::hash<std::int64_t>{}(id.value);
  }
};

template <>
struct std::hash<scanyard::RunId> {
  /// The id is itself a hash, so its first bytes are as good as any mix of them.
  std::size_t operator()(const scanyard::RunId& id) const {
    std::size_t head;
    std::memcpy(&head, id.bytes.data(), sizeof head);
    return head;
  }
};

template <>
struct std::hash<scanyard::Token> {
  std::size_t operator()(scanyard::Token token) const {
    return std::hash<std::int64_t>{}(token.epoch.value * 0x1000193 ^ token.number);
  }
};
