//! The public views: their columns are those of docs/database.md, and they say something useful at
//! once.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "coordinator/store/sql.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

using Columns = std::vector<std::string>;

std::map<std::string, Columns> columns_in_database(const std::filesystem::path& path) {
  std::map<std::string, Columns> views;
  for (const auto& view : query(path, "SELECT name FROM sqlite_schema WHERE type = 'view'"))
    views[view] = query(path, "SELECT name FROM pragma_table_info('" + view + "')");
  return views;
}

/// A view is a heading "## `name`"; its columns are the first cells, "| `column` |", of the table
/// that follows.
std::map<std::string, Columns> columns_in_document() {
  std::ifstream in(SCANYARD_SOURCE_DIR "/docs/database.md");
  REQUIRE(in.good());
  static const std::regex heading("^## `([a-z_]+)`.*"), column("^\\| `([a-z0-9_]+)` \\|.*");
  std::map<std::string, Columns> views;
  std::string view;
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) view.clear();
    if (std::regex_match(line, match, heading)) view = match[1];
    if (!view.empty() && std::regex_match(line, match, column)) views[view].push_back(match[1]);
  }
  return views;
}

TEST_CASE("the views have exactly the documented columns, in the documented order") {
  const TemporaryFolder folder;
  open_writer(folder / "a.db");
  const auto database = columns_in_database(folder / "a.db");
  const auto document = columns_in_document();
  CHECK(database.size() == 8);
  for (const auto& [view, columns] : database) {
    CAPTURE(view);
    REQUIRE(document.contains(view));
    CHECK(columns == document.at(view));
  }
  CHECK(document.size() == database.size());
}

TEST_CASE("every query of the document runs") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {make_result(runs[0].id, 0.5), make_diverged(runs[1].id),
                  make_end(runs[2].id, AttemptEnd::failed)});
  std::ifstream in(SCANYARD_SOURCE_DIR "/docs/database.md");
  std::string statement;
  bool inside = false;
  int queries = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = line == "```sql";
    } else if (inside) {
      statement += line + "\n";
      if (!line.ends_with(";")) continue;
      CAPTURE(statement);
      CHECK_NOTHROW(query(folder / "a.db", statement));
      statement.clear();
      ++queries;
    }
  }
  CHECK(queries >= 8);
}

TEST_CASE("best_of_seeds shows model, m, value, published number and difference at once") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  REQUIRE(
      writer->set_published(std::vector<PublishedRow>{{2, "BD-LRU", 1, "S3", "n10000", "0.56"}}));
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer,
        {make_result(runs[4].id, 0.5625), make_result(runs[0].id, 0.5), make_diverged(runs[1].id)});
  REQUIRE(writer->refresh() == 0);
  CHECK(query(folder / "a.db",
              "SELECT concat FROM (SELECT sweep || '|' || model || '|' || m || '|' || task || '|' "
              "|| coalesce(value, '-') || '|' || coalesce(published, '-') || '|' || "
              "coalesce(difference, '-') || '|' || status || '|' || n || '|' || open || '|' || "
              "diverged || '|' || coalesce(best_lr, '-') || '|' || coalesce(best_seed, '-') AS "
              "concat FROM best_of_seeds)") ==
        std::vector<std::string>{"small|bdlru|1|permutation|0.563|0.56|0.003|ok|3|3|1|0.01|2",
                                 "small|bdlru|2|permutation|-|-|-|open|0|6|0|-|-"});
}

TEST_CASE("the curves view unpacks exactly what the program unpacks") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  auto result = make_result(runs[0].id, 0.9);
  result.report.curve = make_curve(150, 0.93);
  result.report.curve[7].train_loss = 1e-5;
  result.report.curve[8].test_perplexity = 1e300;
  result.report.curve[9].test_perplexity = 12345.678;
  RecordProgress progress;
  for (const auto& point : make_curve(70, 0.3))
    progress.points.push_back({runs[1].id, {Epoch{1}, 2}, point});
  apply(*writer, {result, progress});

  const auto reader = open_reader(folder / "a.db");
  Database database(folder / "a.db", SQLITE_OPEN_READONLY);
  Prepared rows(database,
                "SELECT epoch, step, train_loss, test_accuracy, test_micro_accuracy, "
                "test_perplexity, status FROM curves WHERE run = ? ORDER BY epoch");
  for (const std::size_t i : {0, 1}) {
    const auto curve = reader->run(runs[i].id)->curve;
    CHECK(curve.size() == (i == 0 ? 150 : 70));
    const std::string id = runs[i].id.hex();
    rows.bind(id);
    for (const auto& point : curve) {
      REQUIRE(rows.step());
      CAPTURE(point.epoch);
      CHECK(rows.integer(0) == point.epoch);
      CHECK(rows.integer(1) == point.step);
      CHECK(rows.real(2) == point.train_loss);
      CHECK(rows.real(3) == point.test_accuracy);
      CHECK(rows.real(4) == point.test_micro_accuracy);
      CHECK(rows.real(5) == point.test_perplexity);
      CHECK(rows.text(6) == (std::isinf(point.test_perplexity) ? "out of range" : "ok"));
    }
    CHECK_FALSE(rows.step());
    rows.reset();
  }
}

TEST_CASE("a number that is none has a status in the curves view") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  auto result = make_result(runs[0].id, 0.9);
  result.report.curve[1].train_loss = NAN;
  apply(*writer, {result});
  CHECK(query(folder / "a.db", "SELECT status FROM curves WHERE train_loss IS NULL") ==
        std::vector<std::string>{"not a number"});
}

}  // namespace
}  // namespace scanyard::store
