//! Text forms of a results table: for a terminal, for a spreadsheet, for a program. Pure.
#pragma once

#include <string>

#include "common/tables/results_table.hpp"

namespace scanyard::tables {

/// Aligned columns, the published number and the difference beside each value, and a legend with
/// the selection protocol, n, failures and spread. At most `width_max` display columns where that
/// is possible: wide tables are cut into several, each with its row headings.
std::string render_text(const ResultsTable& table, int width_max = 100);

/// One line a cell, RFC 4180: row keys, column keys, then value, published, difference, n, ... .
std::string render_csv(const ResultsTable& table);

/// An object {"sweep", "protocol", "selection", "counts", "cells": [...]}; two spaces of indent.
std::string render_json(const ResultsTable& table);

}  // namespace scanyard::tables
