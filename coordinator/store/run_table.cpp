#include "coordinator/store/run_table.hpp"

namespace scanyard::store {

RunTable::RunTable(Database& database)
    : database_(database),
      find_(database, "SELECT key, state, failures FROM run WHERE id = ?"),
      insert_(database, "INSERT INTO run (id, shape, replica) VALUES (?, ?, ?)"),
      set_state_(database,
                 "UPDATE run SET state = ?, failures = ?, cancellation = NULL WHERE key = ?"),
      cancel_(database, "UPDATE run SET state = 4, cancellation = ? WHERE key = ?"),
      cells_of_(database, "SELECT cell FROM membership WHERE run = ? ORDER BY cell"),
      last_attempt_(database,
                    "SELECT token_epoch, token_number, end <> 'lost' FROM attempt WHERE run = ? "
                    "ORDER BY token_epoch DESC, token_number DESC LIMIT 1") {}

std::optional<RunRow> RunTable::find(const RunId& id) {
  const ResetAtEnd reset(find_);
  if (!find_.bind(id).step()) return std::nullopt;
  return RunRow{find_.integer(0), static_cast<StoredState>(find_.integer(1)),
                static_cast<std::int32_t>(find_.integer(2))};
}

std::int64_t RunTable::insert(const RunId& id, std::int64_t shape, std::string_view replica_json) {
  insert_.bind(id, shape, replica_json).run();
  return database_.last_row();
}

void RunTable::set_state(std::int64_t key, StoredState state, std::int32_t failures) {
  set_state_.bind(static_cast<std::int64_t>(state), failures, key).run();
}

void RunTable::cancel(std::int64_t key, std::int64_t cancellation) {
  cancel_.bind(cancellation, key).run();
}

const std::vector<std::int64_t>& RunTable::cells_of(std::int64_t key) {
  const ResetAtEnd reset(cells_of_);
  cells_.clear();
  cells_of_.bind(key);
  while (cells_of_.step())
    cells_.push_back(cells_of_.integer(0));
  return cells_;
}

LastAttempt RunTable::last_attempt(std::int64_t key) {
  const ResetAtEnd reset(last_attempt_);
  if (!last_attempt_.bind(key).step()) return {};
  return {Token{Epoch{last_attempt_.integer(0)}, last_attempt_.integer(1)},
          last_attempt_.integer(2) != 0};
}

}  // namespace scanyard::store
