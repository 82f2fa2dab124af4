//! What must hold of a database's file before SQLite opens it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "common/error.hpp"

namespace scanyard::store {

/// "NFS", "CIFS", ... for the type numbers of statfs(2) whose file systems are (or may be, as with
/// FUSE) shared between machines; nothing for local ones. WAL needs memory shared between all
/// readers and writers, which no network file system gives: two machines would damage the file.
std::optional<std::string_view> network_file_system_name(std::int64_t type);

/// Errors: store.network_file_system when the folder of `path` lies on one; store.missing_file when
/// that folder does not exist.
Result<void> check_file_system(const std::filesystem::path& path);
/// The same for a type number that statfs(2) gave. Errors: store.network_file_system.
Result<void> check_file_system_type(const std::filesystem::path& path, std::int64_t type);

/// Creates an empty file of mode 0600 where there is none. Errors: store.permission,
/// store.disk_full, store.io, store.missing_file (the folder).
Result<void> create_private_file(const std::filesystem::path& path);

/// Errors: store.missing_file (no file, or not a regular one), store.permission, store.not_scanyard
/// (no SQLite header), store.damaged (cut off inside the header).
Result<void> check_header(const std::filesystem::path& path);

/// Forces a file and its folder entry to disk. Errors: store.io, store.disk_full.
Result<void> sync_file_and_folder(const std::filesystem::path& path);

}  // namespace scanyard::store
