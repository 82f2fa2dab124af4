#include "worker/agent/checkpoints.hpp"

namespace scanyard::worker {

namespace fs = std::filesystem;

fs::path Checkpoints::path_of(const RunId& run) const {
  return folder_ / (run.hex() + ".checkpoint");
}

std::string Checkpoints::resume_path(const RunId& run) const {
  std::error_code ignored;
  const fs::path path = path_of(run);
  return fs::is_regular_file(path, ignored) ? path.string() : std::string();
}

bool Checkpoints::keep(const RunId& run, const fs::path& path) const {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) return false;
  if (path != path_of(run)) fs::rename(path, path_of(run), failed);
  return !failed;
}

void Checkpoints::drop(const RunId& run) const {
  std::error_code ignored;
  fs::remove(path_of(run), ignored);
}

}  // namespace scanyard::worker
