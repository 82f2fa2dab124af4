#include "common/spec/value_table.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::spec {
namespace {

TEST_CASE("equal values of one type have one id, values of different types have two") {
  ValueTable table;
  const ValueId one = table.intern(Value(std::int64_t{1}));
  CHECK(one != unset);
  CHECK(table.intern(Value(std::int64_t{1})) == one);
  CHECK(table.intern(Value(1.0)) != one);
  CHECK(table.intern(Value(std::string("1"))) != one);
  CHECK(table.intern(Value(true)) != one);
  CHECK(table.intern(Value(1e-3)) == table.intern(Value(0.001)));
}

TEST_CASE("expressions see numbers as themselves and flags as 0 and 1") {
  ValueTable table;
  CHECK(table.number(table.intern(Value(2.5))) == 2.5);
  CHECK(table.number(table.intern(Value(std::int64_t{-7}))) == -7);
  CHECK(table.number(table.intern(Value(true))) == 1);
  CHECK(table.number(table.intern(Value(std::string("a")))) != table.number(table.intern(Value(std::string("b")))));
}

TEST_CASE("values have canonical JSON") {
  CHECK(canonical_text(Value(false)) == "false");
  CHECK(canonical_text(Value(std::int64_t{-12})) == "-12");
  CHECK(canonical_text(Value(64.0)) == "64");
  CHECK(canonical_text(Value(std::string("a\"b\\c\n\x01"))) == R"("a\"b\\c\n\u0001")");
}

}  // namespace
}  // namespace scanyard::spec
