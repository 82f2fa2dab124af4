//! The paper's tables, embedded at build time from data/paper_tables.csv.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/spec/vocabulary.hpp"

namespace scanyard::catalog {

/// One number of the paper's tables 1 to 6.
struct PublishedRow {
  int table = 0;                ///< 1..6; 1 and 2 are subsets of 3 and 4
  spec::PublishedKey key;       ///< m is empty for the baselines
  std::string text;             ///< as printed: "0.916"; table 5 holds formulas
  std::optional<double> value;  ///< the number, where the text is one
};

/// All rows in the file's order. Read once; any thread.
std::span<const PublishedRow> published_rows();

/// The row of the largest table that holds `key`, or nullptr.
const PublishedRow* find_published(const spec::PublishedKey& key);

/// Rows of a text in the form of data/paper_tables.csv. Errors: catalog.bad_config with the line.
Result<std::vector<PublishedRow>> parse_published(std::string_view csv);

}  // namespace scanyard::catalog
