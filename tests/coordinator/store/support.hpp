//! Builders for tests of the store: folders, small sweeps, reports.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "coordinator/store/database_read_model.hpp"
#include "coordinator/store/writer.hpp"

namespace scanyard::store {

/// A folder that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What a small sweep varies: one cell for each m, one run for each learning rate and seed in it.
struct SmallSweep {
  std::string name = "small";
  std::vector<int> ms = {1, 2};
  std::vector<double> lrs = {0.001, 0.01};
  std::vector<int> seeds = {1, 2, 3};
  std::vector<int> hiddens = {64};  ///< all sizes are in one cell
  int group = 3;
  spec::Selection selection = {.maximise = {"lr", "seed", "hidden"}, .decimals = 3};
};

spec::Expansion make_expansion(const SmallSweep& sweep = {});
SubmitSweep make_submission(const SmallSweep& sweep = {}, std::string request_id = "");

/// Opens or creates, and requires success.
std::unique_ptr<Writer> open_writer(const std::filesystem::path& path, std::int64_t now_ms = 1000);
std::unique_ptr<DatabaseReadModel> open_reader(const std::filesystem::path& path,
                                               LiveStatusSource live = {});

/// `epochs` evaluations with rising accuracy that ends at `accuracy`.
std::vector<EpochPoint> make_curve(int epochs, double accuracy);

/// A finished attempt with a curve of three points and `accuracy` at its end.
RecordAttempt make_result(const RunId& run, double accuracy, Token token = {Epoch{1}, 1});
RecordAttempt make_diverged(const RunId& run, Token token = {Epoch{1}, 1});
/// An attempt without a result.
RecordAttempt make_end(const RunId& run, AttemptEnd end, Token token = {Epoch{1}, 1},
                       RunState state_after = RunState::queued);

/// Applies and requires success.
ApplyOutcome apply(Writer& writer, std::vector<StoreWrite> batch);

/// The first column of every row, as text; "NULL" for NULL. For checks in SQL.
std::vector<std::string> query(const std::filesystem::path& path, const std::string& sql);
std::string query_one(const std::filesystem::path& path, const std::string& sql);

/// Empty when the maintained sums of every sweep and cell equal what the runs say; else the first
/// contradiction. Cells that are marked are only checked for their total.
std::string sums_contradiction(const std::filesystem::path& path);

}  // namespace scanyard::store
