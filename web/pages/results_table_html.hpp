//! A results table as HTML: every number with its name beside or above it, nothing behind a hover.
#pragma once

#include <cstddef>
#include <string>

#include "common/tables/results_table.hpp"
#include "web/html/escape.hpp"

namespace scanyard::web {

/// Which part of a large table a page shows; files and JSON always have all of it.
struct TableWindow {
  std::size_t row = 0, column = 0;  ///< asked for: indices that the shown part holds
  static constexpr std::size_t rows_max = 60, columns_max = 30;
};

/// The rows and columns in which the window lies, as a table of its own.
tables::ResultsTable part_of(const tables::ResultsTable& table, const TableWindow& window);

/// One column of cells becomes one line a cell with a column for each number; several become a
/// matrix whose cells stack their numbers.
Html results_table_html(const tables::ResultsTable& table, const TableWindow& window = {});

/// What stands under the table: protocol, number of results a cell, and why a best-of number
/// flatters.
Html selection_note_html(const tables::ResultsTable& table);

/// "2 of 9 (6 to 55 %)": solved of all results with the 95 % interval of the share; "none yet".
std::string solve_rate_text(const tables::TableCell& cell);

/// The optimism of the selection in words; "" when it takes no maximum.
std::string optimism_note(const tables::ResultsTable& table);

}  // namespace scanyard::web
