//! Small files that are replaced as a whole, and files that hold secrets.
#pragma once

#include <filesystem>
#include <string>

#include "common/error.hpp"

namespace scanyard::net {

/// Mode of files that hold a secret key, and of files that do not.
inline constexpr unsigned secret_mode = 0600;
inline constexpr unsigned open_mode = 0644;

enum class Existing { replace, refuse };

/// Writes a whole file: temporary file beside it, fsync, rename, fsync of the folder. After a crash
/// there is the old file or the new one, never a part. Missing folders are made (mode 0700).
/// Errors: net.file_exists with Existing::refuse, net.file_failed with the system's reason.
Result<void> write_whole_file(const std::filesystem::path& path, const std::string& text,
                              unsigned mode, Existing existing);

/// Reads a file of at most 1 MiB. `mend` is the command that makes a missing one, for the message.
/// Errors: net.missing_file, net.file_failed.
Result<std::string> read_whole_file(const std::filesystem::path& path, const std::string& mend);

/// As read_whole_file, for a file with a secret.
/// Errors: also net.exposed_file, with the chmod or chown command that mends it.
Result<std::string> read_secret_file(const std::filesystem::path& path, const std::string& mend);

}  // namespace scanyard::net
