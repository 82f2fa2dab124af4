#include "coordinator/store/read_connection.hpp"

#include <utility>

#include "coordinator/store/connection.hpp"

namespace scanyard::store {
namespace {

/// Connections that wait for work beyond this number are closed: each keeps a cache.
constexpr std::size_t idle_max = 4;

}  // namespace

ReadConnection::ReadConnection(std::unique_ptr<Database> database)
    : database_(std::move(database)), cells_(*database_), curves_(*database_) {}

Prepared& ReadConnection::statement(std::string_view sql) {
  auto& slot = statements_[sql];
  if (!slot) slot = std::make_unique<Prepared>(*database_, sql);
  slot->reset();
  return *slot;
}

ReadPool::ReadPool(std::filesystem::path path, bool allow_network_file_system)
    : path_(std::move(path)), allow_network_file_system_(allow_network_file_system) {}

Result<std::unique_ptr<ReadConnection>> ReadPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto database = open_for_reading(path_, allow_network_file_system_);
  if (!database) return propagate(database);
  return guarded("opening " + path_.string(), [&]() -> Result<std::unique_ptr<ReadConnection>> {
    return std::make_unique<ReadConnection>(std::move(*database));
  });
}

void ReadPool::put(std::unique_ptr<ReadConnection> connection) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < idle_max) idle_.push_back(std::move(connection));
}

}  // namespace scanyard::store
