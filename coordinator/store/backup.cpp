#include <fmt/format.h>

#include "coordinator/store/connection.hpp"
#include "coordinator/store/database_read_model.hpp"
#include "coordinator/store/errc.hpp"
#include "coordinator/store/file_checks.hpp"

namespace scanyard::store {
namespace {

namespace fs = std::filesystem;

/// VACUUM INTO reads one snapshot while the writer goes on, and writes a compact file.
Result<void> copy_into(const fs::path& database, const fs::path& partial) {
  auto connection = open_for_reading(database, /*allow_network_file_system=*/true);
  if (!connection) return propagate(connection);
  return guarded("copying to " + partial.string(), [&]() -> Result<void> {
    Prepared(**connection, "VACUUM INTO ?").bind(partial.string()).run();
    return {};
  });
}

}  // namespace

Result<void> backup(const fs::path& database, const fs::path& target) {
  std::error_code ignored;
  if (fs::exists(target, ignored)) {
    return fail(errc::exists,
                fmt::format("{} exists already: name another file, or remove it", target.string()));
  }
  fs::path partial = target;
  partial += ".partial";
  // What an interrupted backup left.
  fs::remove(partial, ignored);
  if (auto created = create_private_file(partial); !created) return created;
  auto copied = copy_into(database, partial);
  if (copied) copied = sync_file_and_folder(partial);
  if (!copied) {
    fs::remove(partial, ignored);
    return copied;
  }
  std::error_code failed;
  fs::rename(partial, target, failed);
  if (failed) {
    return fail(errc::io, fmt::format("cannot rename {} to {}: {}", partial.string(),
                                      target.string(), failed.message()));
  }
  return sync_file_and_folder(target);
}

}  // namespace scanyard::store
