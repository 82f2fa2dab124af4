//! The arrows between folders (docs/architecture.md, "Folders and arrows") as a test: an include
//! that goes against them fails, with the file and the line.
#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <map>
#include <set>

#include "tests/tidy/source_tree.hpp"

namespace scanyard::tidy {
namespace {

/// What each folder may include directly; what those may include is allowed too.
const std::map<std::string, std::set<std::string>> arrows = {
    {"common", {}},
    {"common/net", {"common"}},
    {"kernels", {}},
    {"tasks/catalog", {"common"}},
    {"tasks/data", {"tasks/catalog"}},
    {"tasks/models", {"tasks/catalog", "kernels"}},
    {"tasks/training", {"tasks/data", "tasks/models"}},
    {"tasks/cuda", {"tasks/training", "kernels"}},
    {"coordinator/core", {"tasks/catalog"}},
    {"coordinator/store", {"common"}},
    {"coordinator/service", {"coordinator/core", "coordinator/store", "common/net", "web"}},
    {"worker/core", {"common"}},
    {"worker/agent", {"worker/core", "common/net"}},
    {"web", {"common"}},
};

/// The longest listed folder that a path lies in; "" for none (tests, generated files).
std::string folder_of(const std::string& path) {
  std::string best;
  for (const auto& [folder, unused] : arrows) {
    if (path.starts_with(folder + "/") && folder.size() > best.size()) best = folder;
  }
  return best;
}

void add_reachable(const std::string& folder, std::set<std::string>& reachable) {
  if (!reachable.insert(folder).second) return;
  for (const auto& next : arrows.at(folder))
    add_reachable(next, reachable);
}

/// Messages for every include of `file` that no arrow allows.
std::vector<std::string> broken_edges(const SourceFile& file) {
  std::vector<std::string> broken;
  const std::string from = folder_of(file.path);
  if (from.empty()) return broken;
  std::set<std::string> allowed;
  add_reachable(from, allowed);
  for (const auto& include : quoted_includes(file)) {
    const std::string to = folder_of(include.target);
    if (include.target.starts_with("tests/")) {
      broken.push_back(
          fmt::format("{}:{}: product code includes {}", file.path, include.line, include.target));
    } else if (!to.empty() && !allowed.contains(to)) {
      broken.push_back(fmt::format("{}:{}: {} must not include {}", file.path, include.line, from,
                                   include.target));
    }
  }
  return broken;
}

TEST_CASE("every include follows the arrows between folders") {
  std::size_t checked = 0;
  for (const auto& file : read_source_tree(SCANYARD_SOURCE_DIR)) {
    for (const auto& message : broken_edges(file))
      FAIL_CHECK(message);
    checked += quoted_includes(file).size();
  }
  CHECK(checked > 100);
}

TEST_CASE("an include against the arrows is reported with file and line") {
  const SourceFile web{"web/pages/table.cpp",
                       {"#include \"web/a.hpp\"", "#include \"coordinator/store/writer.hpp\""}};
  REQUIRE(broken_edges(web).size() == 1);
  CHECK(broken_edges(web)[0] ==
        "web/pages/table.cpp:2: web must not include coordinator/store/writer.hpp");
  const SourceFile kernels{"kernels/scan.cpp", {"#include \"common/error.hpp\""}};
  CHECK(broken_edges(kernels).size() == 1);
  const SourceFile tests{"common/x.cpp", {"#include \"tests/support/builders.hpp\""}};
  CHECK(broken_edges(tests).size() == 1);
  const SourceFile transitive{"coordinator/core/a.cpp", {"#include \"common/ids.hpp\""}};
  CHECK(broken_edges(transitive).empty());
}

}  // namespace
}  // namespace scanyard::tidy
