//! Small indices into the core's tables. They never leave the core; messages and the database speak
//! of ids.
#pragma once

#include <compare>
#include <cstdint>

#include "common/ids.hpp"

namespace scanyard::core {

/// A 32-bit index with a meaning. `Tag` only makes the type distinct.
template <class Tag>
struct Index {
  std::uint32_t value = UINT32_MAX;
  bool valid() const { return value != UINT32_MAX; }
  friend auto operator<=>(Index, Index) = default;
};

using RunIndex = Index<struct RunIndexTag>;
using ShapeIndex = Index<struct ShapeIndexTag>;
using SweepIndex = Index<struct SweepIndexTag>;
using SweepSetIndex = Index<struct SweepSetIndexTag>;
using GroupIndex = Index<struct GroupIndexTag>;
using WorkerIndex = Index<struct WorkerIndexTag>;
using TextIndex = Index<struct TextIndexTag>;

/// A slot of a worker; `slot` is the position in the worker's list.
struct SlotRef {
  WorkerIndex worker;
  std::uint32_t slot = UINT32_MAX;
  bool valid() const { return worker.valid() && slot != UINT32_MAX; }
  friend auto operator<=>(SlotRef, SlotRef) = default;
};

/// One connection of a worker, as the shell numbers them. A number is never used twice in one
/// epoch.
using PeerId = StrongInt<struct PeerTag>;
/// One request of a client that waits for an answer, as the shell numbers them.
using RequestId = StrongInt<struct RequestTag>;
/// Position of a write in the stream of writes that the core asks for; rises by one.
using WriteId = StrongInt<struct WriteTag>;

}  // namespace scanyard::core
