//! Stable names of what can go wrong with a database.
#pragma once

#include "common/error.hpp"

namespace scanyard::store::errc {

inline constexpr ErrorCode not_found{"store.not_found"};
inline constexpr ErrorCode ambiguous{"store.ambiguous"};
inline constexpr ErrorCode missing_file{"store.missing_file"};
inline constexpr ErrorCode exists{"store.exists"};
inline constexpr ErrorCode already_served{"store.already_served"};
inline constexpr ErrorCode not_scanyard{"store.not_scanyard"};
inline constexpr ErrorCode newer_version{"store.newer_version"};
inline constexpr ErrorCode older_version{"store.older_version"};
inline constexpr ErrorCode migration_changed{"store.migration_changed"};
inline constexpr ErrorCode damaged{"store.damaged"};
inline constexpr ErrorCode network_file_system{"store.network_file_system"};
inline constexpr ErrorCode disk_full{"store.disk_full"};
inline constexpr ErrorCode permission{"store.permission"};
inline constexpr ErrorCode busy{"store.busy"};
inline constexpr ErrorCode io{"store.io"};
inline constexpr ErrorCode bad_submission{"store.bad_submission"};
inline constexpr ErrorCode internal{"store.internal"};

}  // namespace scanyard::store::errc
