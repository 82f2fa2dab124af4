//! Checks a folder of golden files: one line a file, then the counts.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <ostream>
#include <string>

#include "common/error.hpp"

namespace scanyard::golden {

struct Counts {
  std::int64_t passed = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
};

/// Checks every file that FOLDER/index.json lists and writes one line each to `out`, and
/// "N passed, N failed, N skipped" alone on the last line. A file that is missing, damaged, or
/// differs from the index in names, types or shapes fails. Errors: golden.bad_index.
/// What has a form for GPUs is computed on `device`, the rest on the CPU.
Result<Counts> check_folder(const std::string& folder, std::ostream& out,
                            c10::Device device = c10::Device(c10::DeviceType::CPU));

}  // namespace scanyard::golden
