//! Small files that people hand to the command line.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "common/error.hpp"

namespace scanyard::service {

/// The whole of a text file. Errors: service.file_failed with the system's reason, also for a
/// folder or a file larger than `bytes_max`.
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t bytes_max);

}  // namespace scanyard::service
