#include "tasks/catalog/published.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tasks/catalog/errc.hpp"

namespace scanyard::catalog {
namespace {

TEST_CASE("all rows of the paper's tables are compiled in") {
  CHECK(published_rows().size() == 388);
  int formulas = 0;
  for (const auto& row : published_rows()) {
    CHECK((row.table >= 1 && row.table <= 6));
    if (!row.value) {
      ++formulas;
      CHECK(row.table == 5);
    } else {
      CHECK((*row.value >= 0 && *row.value <= 1));
    }
  }
  CHECK(formulas == 12);
}

TEST_CASE("a number is found by its key") {
  const auto* row = find_published({"BD-LRU", 5, "S5", "n100000"});
  REQUIRE(row);
  CHECK(row->table == 4);
  CHECK(row->value == 1.0);
  CHECK(find_published({"H-LRU", 1, "S3", "n250"})->value == 0.36);
  CHECK(find_published({"BD-LRU", 1, "S3", "n250"})->value == 0.38);
  CHECK(find_published({"BD-LRU", 5, "S5", "n7"}) == nullptr);
}

TEST_CASE("a damaged table is refused with its line") {
  CHECK(parse_published("a,b\n").error().code() == errc::bad_config);
  const auto bad = parse_published(
      "table,model,m,task,config,value\n1,LSTM,,S3,n250,1.0\nx,LSTM,,S3,n250,1.0\n");
  CHECK(bad.error().message().starts_with("line 3:"));
  CHECK_FALSE(parse_published("table,model,m,task,config,value\n1,LSTM,,S3\n"));
}

}  // namespace
}  // namespace scanyard::catalog
