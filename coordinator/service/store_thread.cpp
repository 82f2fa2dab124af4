#include "coordinator/service/store_thread.hpp"

#include <chrono>

namespace scanyard::service {
namespace {

using Clock = std::chrono::steady_clock;

/// A transaction holds at most so many writes, so that the first of them does not wait for too many
/// others.
constexpr std::size_t group_writes_max = 20'000;
constexpr std::uint64_t refresh_runs = 20'000;  ///< of the cells recomputed in one transaction
constexpr std::chrono::seconds refresh_at_least{1};
constexpr std::chrono::seconds trouble_interval{60};

}  // namespace

StoreThread::StoreThread(std::unique_ptr<store::Writer> writer, Post post, OnCommit on_commit,
                         OnTrouble on_trouble)
    : writer_(std::move(writer)),
      post_(std::move(post)),
      on_commit_(std::move(on_commit)),
      on_trouble_(std::move(on_trouble)),
      thread_([this] { run(); }) {}

StoreThread::~StoreThread() {
  stop();
}

void StoreThread::write(std::vector<core::OrderedWrite> writes) {
  if (writes.empty()) return;
  const std::lock_guard lock(mutex_);
  for (auto& write : writes) {
    Group* group = jobs_.empty() ? nullptr : std::get_if<Group>(&jobs_.back());
    if (group == nullptr || group->writes.size() >= group_writes_max) {
      jobs_.emplace_back(Group{});
      group = &std::get<Group>(jobs_.back());
    }
    group->writes.push_back(std::move(write.write));
    group->last = write.id;
  }
  arrived_.notify_one();
}

void StoreThread::submit(SubmitSweep request, Done<SubmitOutcome> done) {
  push(Submission{std::move(request), std::move(done)});
}

void StoreThread::retry(RetrySweep request, Done<RetryOutcome> done) {
  push(Retry{std::move(request), std::move(done)});
}

void StoreThread::add_to_counters(std::vector<std::pair<std::string, std::uint64_t>> increments) {
  if (!increments.empty()) push(Counts{std::move(increments)});
}

void StoreThread::push(Job job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  arrived_.notify_one();
}

bool StoreThread::idle() const {
  const std::lock_guard lock(mutex_);
  return jobs_.empty() && !working_;
}

void StoreThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void StoreThread::run() {
  auto refreshed = Clock::now();
  bool summaries_current = false;
  std::unique_lock lock(mutex_);
  while (true) {
    if (jobs_.empty()) {
      if (stopping_) return;
      if (summaries_current) {
        arrived_.wait(lock, [&] { return !jobs_.empty() || stopping_; });
        continue;
      }
    } else {
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      working_ = true;
      lock.unlock();
      std::visit([&](auto& what) { work(what); }, job);
      lock.lock();
      working_ = false;
      summaries_current = false;
      if (!jobs_.empty() && Clock::now() - refreshed < refresh_at_least) continue;
    }
    lock.unlock();
    summaries_current = refresh_some();
    refreshed = Clock::now();
    lock.lock();
  }
}

void StoreThread::work(Group& group) {
  auto commit = std::make_shared<GroupCommit>(
      GroupCommit{group.last, writer_->apply(group.writes), group.writes.size()});
  post_([this, commit] { on_commit_(*commit); });
}

void StoreThread::work(Submission& submission) {
  auto outcome = std::make_shared<Result<SubmitOutcome>>(writer_->submit(submission.request));
  post_([outcome, done = std::move(submission.done)] { done(std::move(*outcome)); });
}

void StoreThread::work(Retry& retry) {
  auto outcome = std::make_shared<Result<RetryOutcome>>(writer_->retry(retry.request));
  post_([outcome, done = std::move(retry.done)] { done(std::move(*outcome)); });
}

void StoreThread::work(Counts& counts) {
  const auto added = writer_->add_to_counters(counts.increments);
  if (!added) post_([this, error = added.error()] { on_trouble_(error); });
}

bool StoreThread::refresh_some() {
  static thread_local Clock::time_point last_trouble{};
  while (true) {
    const auto left = writer_->refresh(refresh_runs);
    if (!left) {
      if (Clock::now() - last_trouble >= trouble_interval) {
        last_trouble = Clock::now();
        post_([this, error = left.error()] { on_trouble_(error); });
      }
      return true;  // The next job tries again; until then the read model computes by itself.
    }
    if (*left == 0) return true;
    const std::lock_guard lock(mutex_);
    if (!jobs_.empty() || stopping_) return false;
  }
}

}  // namespace scanyard::service
