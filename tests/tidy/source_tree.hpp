//! The project's own sources, read for the tests that check the code itself.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace scanyard::tidy {

struct SourceFile {
  std::string path;                ///< from the project root, with '/': "common/net/channel.hpp"
  std::vector<std::string> lines;  ///< without newlines
};

/// Every .hpp, .cpp, .cu, .cuh, .py, .sh and .sql file that git would track, below the top-level
/// folders of the project, sorted by path.
std::vector<SourceFile> read_source_tree(const std::filesystem::path& root);

/// Targets of `#include "..."` in a file, with line numbers from 1.
struct Include {
  std::string target;
  int line = 0;
};
std::vector<Include> quoted_includes(const SourceFile& file);

}  // namespace scanyard::tidy
