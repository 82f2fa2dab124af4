//! The durable list of reports that the coordinator has not acknowledged: one append-only file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/records.hpp"
#include "worker/agent/outbox_format.hpp"

namespace scanyard::worker {

/// One writer at a time (the folder's lock sees to it); safe on a network file system, because it
/// only appends, syncs and renames. Every call blocks on the disk: the agent makes them on a thread
/// of their own (outbox_thread.hpp). After a failed append the file is as it was before it.
class Outbox {
 public:
  /// What was found and mended when a file was opened.
  struct Opened {
    std::vector<AttemptReport> reports;
    std::size_t torn_bytes = 0;     ///< a tail that a crash cut off; removed
    std::size_t damaged_bytes = 0;  ///< kept aside in a copy of the file, `damaged_copy`
    std::filesystem::path damaged_copy;
  };

  Outbox() = default;
  ~Outbox();
  Outbox(Outbox&& other) noexcept;
  Outbox& operator=(Outbox&& other) noexcept;

  /// Opens or makes the file and mends what a crash left.
  /// Errors: worker.outbox_unreadable, worker.outbox_unwritable, with the path and the system's
  /// reason.
  static Result<Outbox> open(const std::filesystem::path& path, Opened& found);

  /// Appends and syncs all of them; all or none is kept.
  /// Errors: worker.outbox_unwritable ("No space left on device").
  Result<void> append(const std::vector<AttemptReport>& reports);

  /// Notes that these are acknowledged. Not synced: what gets lost is delivered once more and
  /// answered with `duplicate`. Rewrites the file when most of it is dead.
  Result<void> forget(const std::vector<ReportKey>& keys);

  /// Bytes of the file, and of the reports in it that are not acknowledged.
  std::size_t bytes() const { return bytes_; }
  std::size_t live_bytes() const { return live_bytes_; }

  /// A file is rewritten when it is larger than this and more than half of it is dead.
  static constexpr std::size_t compaction_bytes_min = 1 << 20;

 private:
  Outbox(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  Result<void> write_at_end(const std::string& bytes, bool sync);
  Result<void> compact();
  void note_live(const AttemptReport& report, std::size_t bytes);

  std::filesystem::path path_;
  int fd_ = -1;
  std::map<ReportKey, std::size_t>
      live_;  ///< bytes of the record of each report that is waited for
  std::size_t bytes_ = 0;
  std::size_t live_bytes_ = 0;
};

}  // namespace scanyard::worker
