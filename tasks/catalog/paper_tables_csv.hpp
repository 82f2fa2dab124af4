//! The text of data/paper_tables.csv, generated into the build folder (see CMakeLists.txt).
#pragma once

#include <string_view>

namespace scanyard::catalog {

extern const std::string_view paper_tables_csv;

}  // namespace scanyard::catalog
