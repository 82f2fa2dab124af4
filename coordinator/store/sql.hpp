//! A thin layer over the SQLite C API for this folder only. Inside the store a failed statement
//! throws SqlFailure; every public method catches it once, at guarded(), and returns an Error. Own
//! instead of SQLiteCpp because errno at the moment of the failure tells a full disk from a broken
//! one, and because texts are bound without a copy.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/ids.hpp"

namespace scanyard::store {

/// A statement that did not work. Never leaves this folder.
struct SqlFailure {
  int code = 0;          ///< extended SQLite code
  int system_errno = 0;  ///< of the last system call that SQLite made
  std::string message;
};

/// Turns a failure into the Error that a person sees.
Error to_error(const SqlFailure& failure);
Error to_error(const std::exception& exception);

/// Runs `work` and turns a SqlFailure into an Error that says what was being done.
template <class Work>
auto guarded(std::string_view doing, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SqlFailure& failure) {
    Error error = to_error(failure);
    error.add_context(std::string(doing));
    return tl::unexpected<Error>(std::move(error));
  } catch (const std::exception& exception) {
    // JSON in a damaged file, or no memory.
    Error error = to_error(exception);
    error.add_context(std::string(doing));
    return tl::unexpected<Error>(std::move(error));
  }
}

/// One connection. One thread at a time.
class Database {
 public:
  /// `flags` as for sqlite3_open_v2.
  Database(const std::filesystem::path& path, int flags);

  sqlite3* handle() const { return handle_.get(); }
  /// Runs statements that return nothing.
  void execute(const char* sql);
  void execute(const std::string& sql) { execute(sql.c_str()); }
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle()); }
  /// Rows that the last statement changed.
  std::int64_t changes() const { return sqlite3_changes64(handle()); }
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A statement, prepared once and used often. Texts and blobs are not copied: what was bound must
/// live until the statement is reset. Columns and parameters count from 0.
class Prepared {
 public:
  Prepared(Database& database, std::string_view sql);

  /// Resets and binds all parameters in order.
  template <class... Values>
  Prepared& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  /// True while there is a row.
  bool step();
  /// Runs to the end and resets.
  void run();
  /// Ends a read: an unfinished statement would hold its transaction open.
  void reset() { sqlite3_reset(statement_.get()); }

  bool is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  double real(int column) const { return sqlite3_column_double(statement_.get(), column); }
  /// Valid until the next step.
  std::string_view text(int column) const;
  RunId run_id(int column) const;
  std::optional<double> real_or_none(int column) const {
    return is_null(column) ? std::nullopt : std::optional(real(column));
  }

 private:
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, int value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, std::uint64_t value) { bind_one(index, std::int64_t(value)); }
  void bind_one(int index, bool value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, double value);  ///< not a number becomes NULL
  void bind_one(int index, std::string_view value);
  void bind_one(int index, const std::string& value) { bind_one(index, std::string_view(value)); }
  void bind_one(int index, const char* value) { bind_one(index, std::string_view(value)); }
  void bind_one(int index, const RunId& value);
  void bind_one(int index, std::nullopt_t);
  template <class T>
  void bind_one(int index, const std::optional<T>& value) {
    if (value) {
      bind_one(index, *value);
    } else {
      bind_one(index, std::nullopt);
    }
  }
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets a statement at the end of a scope, however it is left.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Prepared& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Prepared& statement_;
};

/// BEGIN at construction; rolled back at the end of the scope unless committed.
class Transaction {
 public:
  enum class Kind { read, write };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

/// The first column of a statement's only row.
std::int64_t query_integer(Database& database, std::string_view sql);
std::string query_text(Database& database, std::string_view sql);

}  // namespace scanyard::store
