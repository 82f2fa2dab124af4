//! What a spec expands to: shapes, runs and cells in canonical order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/spec/selection.hpp"
#include "common/spec/vocabulary.hpp"

namespace scanyard::spec {

/// One run. Its canonical form is the shape's JSON, a newline and `replica_json`; the id is that
/// text's hash.
struct ExpandedRun {
  RunId id;
  std::uint32_t shape = 0;  ///< index into Expansion::shapes
  std::uint32_t block = 0;  ///< index into Expansion::blocks: the first that names the run
  /// {"lr":0.001,"seed":1,"weight_decay":0}: keys sorted, numbers shortest.
  std::string replica_json;
};

/// Everything that packs must share, as canonical JSON, with what the scheduler and the plan want
/// to know of it.
struct ExpandedShape {
  std::string json;
  Vocabulary::Cost cost;  ///< of one run
  double parameters = 0;
  double state = 0;
};

/// Runs that a table shows as one number. Keys are those outside the selection's axes, as the spec
/// asked for them.
struct ExpandedCell {
  std::string json;   ///< {"m":5,"model":"hlru","task":"permutation",...}: all keys of the cell
  std::string label;  ///< {"m":5,"model":"hlru"}: only those that vary within the sweep
  std::optional<PublishedKey> published;
  double state = 0;  ///< N = H*m where it is one value for the whole cell, else 0
};

/// What one block of the spec came to; a spec without blocks is one block.
struct ExpandedBlock {
  std::string name;  ///< as in the file, else "block 2"; the sweep's name where there are no blocks
  int line = 1;      ///< of the file
  std::uint64_t combinations = 0;  ///< that passed `exclude` and `where`
  std::uint64_t runs = 0;          ///< that no earlier block names; adds up to all runs
  std::uint64_t cells = 0;         ///< that have a run of this block; blocks may share cells
};

struct Expansion {
  std::string name;
  std::string description;
  Selection selection;
  TableLayout layout;
  std::vector<ExpandedShape> shapes;
  std::vector<ExpandedRun> runs;    ///< unique, in canonical order: shape by shape as first met
  std::vector<ExpandedCell> cells;  ///< in the order in which the spec meets them
  struct Membership {
    std::uint32_t cell = 0;
    std::uint32_t run = 0;
  };
  std::vector<Membership> memberships;  ///< many-to-many
  std::vector<ExpandedBlock> blocks;    ///< in the order of the file
  /// Combinations that named a run which another combination had named already.
  std::uint64_t duplicates = 0;
};

}  // namespace scanyard::spec
