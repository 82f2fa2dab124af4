//! Upper limits of everything on the wire. A decoder refuses what is above them before it spends
//! memory on it; an encoder's caller keeps below them (clip_utf8 for texts, batches for lists).
#pragma once

#include <cstddef>
#include <cstdint>

namespace scanyard::protocol::limits {

/// Largest body towards the coordinator. Larger ones are dropped and counted.
inline constexpr std::size_t body_bytes_max = 16 << 20;
/// Largest body towards a client or a worker: replies may hold long tables.
inline constexpr std::size_t reply_bytes_max = 64 << 20;
/// How deep maps and lists may nest; ours nest six deep.
inline constexpr int depth_max = 16;

inline constexpr std::int64_t name_bytes_max = 256;      ///< worker, host, device, build, instance
inline constexpr std::int64_t code_bytes_max = 128;      ///< stable codes such as trainer.hung
inline constexpr std::int64_t message_bytes_max = 4096;  ///< sentences for a person
inline constexpr std::int64_t log_tail_bytes_max = 8192;
inline constexpr std::int64_t json_bytes_max = 64 << 10;  ///< one shape's or replica's keys

inline constexpr std::int64_t slots_max = 256;       ///< of one worker
inline constexpr std::int64_t replicas_max = 4096;   ///< of one pack, and of one Want
inline constexpr std::int64_t attempts_max = 65536;  ///< held by one worker
inline constexpr std::int64_t reports_per_message_max = 1024;
inline constexpr std::int64_t points_per_message_max = 4096;
inline constexpr std::int64_t curve_points_max = 100'000;  ///< of one attempt
inline constexpr std::int64_t items_per_message_max =
    65536;  ///< acknowledgements, releases, tokens

/// A sender closes a batch when its reports pass this size, so that a batch stays far below
/// body_bytes_max. One report alone is at most about 6 MiB (curve_points_max points).
inline constexpr std::size_t batch_bytes_soft = 1 << 20;

}  // namespace scanyard::protocol::limits
