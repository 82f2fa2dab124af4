//! Where checkpoints of runs are: one file a run, shared by the workers of one coordinator. The
//! trainer writes and reads them; the agent only knows their names.
#pragma once

#include <filesystem>
#include <string>

#include "common/ids.hpp"

namespace scanyard::worker {

class Checkpoints {
 public:
  explicit Checkpoints(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// What a trainer is told to write into.
  const std::filesystem::path& folder() const { return folder_; }
  /// The checkpoint to continue a run from; empty = there is none.
  std::string resume_path(const RunId& run) const;
  /// A trainer wrote the run's checkpoint to `path`; it gets the run's name, so that a later worker
  /// finds it. False when it is not there or cannot be renamed.
  bool keep(const RunId& run, const std::filesystem::path& path) const;
  void drop(const RunId& run) const;

 private:
  std::filesystem::path path_of(const RunId& run) const;
  std::filesystem::path folder_;
};

}  // namespace scanyard::worker
