#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

namespace scanyard::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 9> top_folders = {
    "common", "coordinator", "kernels", "migrations", "scripts", "tasks", "tests", "web", "worker"};
const std::set<std::string> suffixes = {".hpp", ".cpp", ".cu", ".cuh", ".py", ".sh", ".sql"};

std::vector<std::string> read_lines(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

}  // namespace

std::vector<SourceFile> read_source_tree(const fs::path& root) {
  std::vector<SourceFile> files;
  for (const char* folder : top_folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !suffixes.contains(entry.path().extension().string()))
        continue;
      files.push_back(
          {fs::relative(entry.path(), root).generic_string(), read_lines(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::vector<Include> quoted_includes(const SourceFile& file) {
  static const std::string directive = "#include \"";
  std::vector<Include> found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string::npos || line.compare(start, directive.size(), directive) != 0)
      continue;
    const auto from = start + directive.size();
    found.push_back({line.substr(from, line.find('"', from) - from), static_cast<int>(i + 1)});
  }
  return found;
}

}  // namespace scanyard::tidy
