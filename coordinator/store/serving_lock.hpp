//! At most one coordinator serves a database.
#pragma once

#include <filesystem>

#include "common/error.hpp"

namespace scanyard::store {

/// An exclusive flock(2) on `<database>.lock`, held while this object lives and released by the
/// kernel when the process dies, however it dies. A file of its own, because closing any descriptor
/// of the database would drop SQLite's locks. The file holds the owner's process id and stays.
class ServingLock {
 public:
  /// Errors: store.already_served with the other process id where it is known, store.permission,
  /// store.io.
  static Result<ServingLock> take(const std::filesystem::path& database);

  ServingLock(ServingLock&& other) noexcept;
  ServingLock& operator=(ServingLock&& other) noexcept;
  ~ServingLock();

 private:
  explicit ServingLock(int file) : file_(file) {}
  int file_;
};

}  // namespace scanyard::store
