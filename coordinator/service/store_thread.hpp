//! The one thread that writes to the database: commits in groups what arrived while the last commit
//! ran.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "coordinator/core/effects.hpp"
#include "coordinator/store/writer.hpp"

namespace scanyard::service {

/// What a group commit did.
struct GroupCommit {
  core::WriteId last;  ///< everything up to here is durable, or lost
  Result<store::ApplyOutcome> outcome;
  std::size_t writes = 0;
};

/// Works through writes, submissions and retries strictly in the order in which they came. When
/// nothing waits it brings the tables' summaries up to date, and at least once a second it does so
/// anyway.
///
/// Threads: one of its own for the Writer. All methods are called from the owner's thread; outcomes
/// are handed to `post`, which must run them on the owner's thread later (Asio's post). stop()
/// works off what is queued, then joins.
class StoreThread {
 public:
  using Post = std::function<void(std::function<void()>)>;
  using OnCommit = std::function<void(const GroupCommit&)>;
  /// What refreshing summaries failed with, for the log; at most one a minute.
  using OnTrouble = std::function<void(const Error&)>;
  template <class T>
  using Done = std::function<void(Result<T>)>;

  StoreThread(std::unique_ptr<store::Writer> writer, Post post, OnCommit on_commit,
              OnTrouble on_trouble);
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  /// Appends to the group that is being collected.
  void write(std::vector<core::OrderedWrite> writes);
  void submit(SubmitSweep request, Done<SubmitOutcome> done);
  void retry(RetrySweep request, Done<RetryOutcome> done);
  void add_to_counters(std::vector<std::pair<std::string, std::uint64_t>> increments);

  /// True when everything that was handed over has been worked off and its outcome posted.
  bool idle() const;
  /// Works off the queue and ends the thread. Idempotent.
  void stop();

 private:
  struct Group {
    std::vector<StoreWrite> writes;
    core::WriteId last;
  };
  struct Submission {
    SubmitSweep request;
    Done<SubmitOutcome> done;
  };
  struct Retry {
    RetrySweep request;
    Done<RetryOutcome> done;
  };
  struct Counts {
    std::vector<std::pair<std::string, std::uint64_t>> increments;
  };
  using Job = std::variant<Group, Submission, Retry, Counts>;

  void push(Job job);
  void run();
  void work(Group& group);
  void work(Submission& submission);
  void work(Retry& retry);
  void work(Counts& counts);
  /// Brings summaries up to date until a job arrives. Returns true when none is left to do.
  bool refresh_some();

  std::unique_ptr<store::Writer> writer_;
  Post post_;
  OnCommit on_commit_;
  OnTrouble on_trouble_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> jobs_;
  bool working_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace scanyard::service
