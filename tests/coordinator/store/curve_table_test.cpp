#include "coordinator/store/curve_table.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/store/connection.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

/// A database with run 1 and nothing else.
struct Curves {
  TemporaryFolder folder;
  std::unique_ptr<Database> database = std::move(*open_for_writing({.path = folder / "a.db"}));
  CurveTable table{*database};
  CurveReader reader{*database};

  Curves() {
    database->execute(
        "INSERT INTO shape VALUES (1, '{}', 0, 0, 0, 0);"
        "INSERT INTO run (key, id, shape, replica) VALUES (1, zeroblob(16), 1, '{}')");
  }
  std::vector<int> epochs() {
    std::vector<int> list;
    for (const auto& point : reader.read(1))
      list.push_back(point.epoch);
    return list;
  }
  std::int64_t rows(const std::string& table_name) {
    return query_integer(*database, "SELECT count(*) FROM " + table_name);
  }
};

std::vector<EpochPoint> part(int first, int last, double accuracy = 0.9) {
  const auto curve = make_curve(200, accuracy);
  return {curve.begin() + first - 1, curve.begin() + last};
}

std::vector<int> numbers(int first, int last) {
  std::vector<int> list;
  for (int i = first; i <= last; ++i)
    list.push_back(i);
  return list;
}

TEST_CASE("points that come one by one make the same rows as all at once") {
  Curves c;
  for (int epoch = 1; epoch <= 130; ++epoch)
    c.table.append_open(1, part(epoch, epoch));
  CHECK(c.epochs() == numbers(1, 130));
  CHECK(c.rows("curve_open") == 3);
  c.table.finish(1, {});
  CHECK(c.epochs() == numbers(1, 130));
  CHECK(c.rows("curve") == 3);
  CHECK(c.rows("curve_open") == 0);
}

TEST_CASE("an attempt that starts again replaces what the last one had reached") {
  Curves c;
  c.table.append_open(1, part(1, 100));
  c.table.append_open(1, part(1, 5, 0.5));
  CHECK(c.epochs() == numbers(1, 5));
  CHECK(c.reader.read(1)[4].test_accuracy < 0.02);
  c.table.append_open(1, part(3, 70, 0.7));
  CHECK(c.epochs() == numbers(1, 70));
}

TEST_CASE("a repeated point changes nothing") {
  Curves c;
  c.table.append_open(1, part(1, 70));
  const auto before = c.reader.read(1);
  c.table.append_open(1, part(70, 70));
  c.table.append_open(1, part(64, 70));
  CHECK(c.reader.read(1) == before);
}

TEST_CASE("a result's curve replaces everything from its first epoch on") {
  Curves c;
  c.table.append_open(1, part(1, 90));
  c.table.finish(1, part(66, 120));
  CHECK(c.epochs() == numbers(1, 120));
  c.table.remove(1);
  CHECK(c.epochs().empty());
}

TEST_CASE("epochs out of order in a report are stored as they are reported") {
  Curves c;
  std::vector<EpochPoint> odd = part(5, 6);
  odd.push_back(part(2, 2)[0]);
  c.table.finish(1, odd);
  CHECK(c.epochs() == std::vector<int>{5, 6, 2});
}

}  // namespace
}  // namespace scanyard::store
