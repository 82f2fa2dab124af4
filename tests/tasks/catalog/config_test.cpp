#include "tasks/catalog/config.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tasks/catalog/errc.hpp"

namespace scanyard::catalog {
namespace {

constexpr const char* s3 =
    R"({"hidden":16,"m":2,"model":"bdlru","task":"permutation","group":3,"train":250,"precision":"bf16"})";

TEST_CASE("a shape's JSON becomes names and types, with defaults filled in") {
  const auto shape = parse_shape(s3);
  REQUIRE(shape);
  CHECK(shape->model == "bdlru");
  CHECK(shape->gate == "softmax");
  CHECK(shape->m == 2);
  CHECK(shape->hidden == 16);
  CHECK(shape->width == 128);
  CHECK(shape->vocab == 6);
  CHECK(shape->length == 16);
  CHECK(shape->precision == Precision::bf16);
  CHECK(shape->schedule == Schedule::cosine);
  CHECK(steps_per_epoch(*shape) == 2);
}

TEST_CASE("hlru with one lag is parsed as the bdlru that it is") {
  const auto shape = parse_shape(
      R"({"hidden":4,"m":1,"model":"hlru","task":"permutation","group":3,"train":250})");
  REQUIRE(shape);
  CHECK(shape->model == "bdlru");
}

TEST_CASE("a replica's values are read, integers where reals are meant included") {
  const auto shape = parse_shape(s3).value();
  const auto replica = parse_replica(shape, R"({"lr":1,"seed":7,"weight_decay":0.1,"lr_min":0})");
  REQUIRE(replica);
  CHECK(*replica == ReplicaConfig{1.0, 0.0, 0.1, 0.999, 7});
}

TEST_CASE("a constant schedule has no minimum rate") {
  auto shape = parse_shape(s3).value();
  shape.schedule = Schedule::constant;
  CHECK(parse_replica(shape, R"({"lr":0.001,"seed":1})")->lr_min == 0);
}

TEST_CASE("what cannot be read is refused with the reason") {
  CHECK(parse_shape("[]").error().code() == errc::bad_config);
  CHECK(parse_shape("{").error().code() == errc::bad_config);
  CHECK(parse_shape(R"({"hiden":3})").error().to_string() ==
        "shape: unknown key 'hiden'; did you mean 'hidden'?");
  CHECK(parse_shape(R"({"hidden":"3"})").error().to_string() ==
        "shape: hidden: \"3\" has the wrong type");
  CHECK(parse_shape(R"({"hidden":18446744073709551615})").error().code() == errc::bad_value);
  CHECK(parse_shape(R"({"hidden":1.5})").error().code() == errc::bad_value);
  CHECK(parse_shape("{}").error().code() == errc::missing_key);
  const auto shape = parse_shape(s3).value();
  CHECK(parse_replica(shape, R"({"lr":0.001,"hidden":4})").error().code() == errc::bad_config);
  CHECK(parse_replica(shape, R"({"seed":4})").error().code() == errc::missing_key);
  CHECK(parse_replica(shape, R"({"lr":-1,"seed":4})").error().code() == errc::bad_value);
}

}  // namespace
}  // namespace scanyard::catalog
