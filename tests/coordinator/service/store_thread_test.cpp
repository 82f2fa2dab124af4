#include "coordinator/service/store_thread.hpp"

#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "common/spec/expand.hpp"
#include "tasks/catalog/vocabulary.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::service {
namespace {

constexpr std::chrono::seconds deadline{30};

/// Collects what is posted and runs it on the test's thread.
class Loop {
 public:
  void post(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
    arrived_.notify_one();
  }
  /// Runs calls until `done` says so.
  template <class Done>
  void run_until(Done done) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    while (!done()) {
      std::unique_lock lock(mutex_);
      REQUIRE(arrived_.wait_until(lock, until, [&] { return !calls_.empty(); }));
      auto call = std::move(calls_.front());
      calls_.pop_front();
      lock.unlock();
      call();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> calls_;
};

struct Fixture {
  Fixture() {
    store::WriterOptions options;
    options.path = folder.path() / "scanyard.db";
    auto writer = store::Writer::open(options, {1'000});
    REQUIRE(writer);
    thread = std::make_unique<StoreThread>(
        std::move(*writer), [this](std::function<void()> call) { loop.post(std::move(call)); },
        [this](const GroupCommit& commit) { commits.push_back(commit); },
        [](const Error& error) { FAIL_CHECK(error.to_string()); });
  }
  SubmitOutcome submit(const std::string& request) {
    SubmitSweep submission;
    submission.expansion = std::make_shared<const spec::Expansion>(
        *spec::expand("name: t\nprotocol: demo\nseeds: 3\nfixed: {task: permutation, group: 2, "
                      "train: 1000, hidden: 4, "
                      "model: bdlru, m: 1, lr: 0.001}\n",
                      "t.yaml", catalog::vocabulary()));
    submission.request_id = request;
    std::optional<SubmitOutcome> outcome;
    thread->submit(submission, [&](Result<SubmitOutcome> result) {
      REQUIRE(result);
      outcome = *result;
    });
    loop.run_until([&] { return outcome.has_value(); });
    return *outcome;
  }
  static core::OrderedWrite progress(std::int64_t id, const RunId& run) {
    return {core::WriteId{id},
            RecordProgress{{{run, Token{Epoch{1}, 1}, EpochPoint{1, 1, 1, 0.5, 0.5, 2}}}}};
  }

  testing::TemporaryFolder folder;
  Loop loop;
  std::vector<GroupCommit> commits;
  std::unique_ptr<StoreThread> thread;
};

TEST_CASE("writes are committed in groups and told in order") {
  Fixture f;
  const auto outcome = f.submit("a");
  REQUIRE(outcome.open.size() == 3);
  std::int64_t next = 1;
  for (int i = 0; i < 50; ++i) {
    std::vector<core::OrderedWrite> writes;
    for (int j = 0; j < 20; ++j)
      writes.push_back(Fixture::progress(next++, outcome.open[0].id));
    f.thread->write(std::move(writes));
  }
  f.loop.run_until(
      [&] { return !f.commits.empty() && f.commits.back().last == core::WriteId{1'000}; });
  std::size_t all = 0;
  core::WriteId last{0};
  for (const auto& commit : f.commits) {
    REQUIRE(commit.outcome);
    CHECK(last < commit.last);
    last = commit.last;
    all += commit.writes;
  }
  CHECK(all == 1'000);
  CHECK(f.commits.size() < 50);
}

TEST_CASE("a submission keeps its place between the writes before and after it") {
  Fixture f;
  const auto first = f.submit("a");
  f.thread->write({Fixture::progress(1, first.open[0].id)});
  bool submitted = false;
  std::size_t commits_before = 0;
  SubmitSweep again;
  again.expansion = std::make_shared<const spec::Expansion>();
  again.request_id = "a";
  f.thread->submit(again, [&](Result<SubmitOutcome> result) {
    REQUIRE(result);
    CHECK(result->repeated);
    submitted = true;
    commits_before = f.commits.size();
  });
  f.thread->write({Fixture::progress(2, first.open[0].id)});
  f.loop.run_until([&] { return f.commits.size() == 2; });
  CHECK(submitted);
  CHECK(commits_before == 1);
}

TEST_CASE("stopping works off what is queued") {
  Fixture f;
  const auto outcome = f.submit("a");
  for (std::int64_t id = 1; id <= 200; ++id)
    f.thread->write({Fixture::progress(id, outcome.open[1].id)});
  f.thread->stop();
  CHECK(f.thread->idle());
  f.loop.run_until(
      [&] { return !f.commits.empty() && f.commits.back().last == core::WriteId{200}; });
}

}  // namespace
}  // namespace scanyard::service
