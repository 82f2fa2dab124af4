//! A results table as HTML: every number with its name beside or above it, nothing behind a hover.
#pragma once

#include <string>

#include "common/tables/results_table.hpp"
#include "web/html/escape.hpp"

namespace scanyard::web {

/// One column of cells becomes one line a cell with a column for each number; several become a
/// matrix whose cells stack their numbers.
Html results_table_html(const tables::ResultsTable& table);

/// What stands under the table: protocol, number of results a cell, and why a best-of number
/// flatters.
Html selection_note_html(const tables::ResultsTable& table);

/// The optimism of the selection in words; "" when it takes no maximum.
std::string optimism_note(const tables::ResultsTable& table);

}  // namespace scanyard::web
