#include "coordinator/store/curve_packing.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

std::vector<EpochPoint> round_trip(const std::vector<EpochPoint>& curve) {
  std::vector<EpochPoint> back;
  for (const auto& row : pack_curve(curve))
    unpack_row(row.first_epoch, row.first_step, row.step_stride, row.points, back);
  return back;
}

EpochPoint with_loss(double loss) {
  return {.epoch = 1, .step = 10, .train_loss = loss, .test_perplexity = 2};
}

TEST_CASE("a curve comes back within the documented precision") {
  const auto curve = make_curve(200, 0.98765);
  const auto back = round_trip(curve);
  REQUIRE(back.size() == curve.size());
  for (std::size_t i = 0; i < curve.size(); ++i) {
    CHECK(back[i].epoch == curve[i].epoch);
    CHECK(back[i].step == curve[i].step);
    CHECK(std::fabs(back[i].test_accuracy - curve[i].test_accuracy) <= 6.3e-7);
    CHECK(std::fabs(back[i].test_micro_accuracy - curve[i].test_micro_accuracy) <= 6.3e-7);
    CHECK(std::fabs(back[i].train_loss / curve[i].train_loss - 1) <= 5.1e-4);
    CHECK(std::fabs((back[i].test_perplexity - 1) / (curve[i].test_perplexity - 1) - 1) <= 5.1e-4);
  }
}

TEST_CASE("two hundred evaluations take four rows of 12 bytes a point") {
  const auto rows = pack_curve(make_curve(200, 0.9));
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].points.size() == 64 * 12);
  CHECK(rows[3].size() == 8);
  CHECK(rows[1].first_epoch == 65);
  CHECK(rows[1].first_step == 65 * 157);
}

TEST_CASE("losses keep four digits over the whole range of a training") {
  for (double loss = 1e-40; loss < 1e45; loss *= 3.7) {
    const double back = round_trip({with_loss(loss)})[0].train_loss;
    CAPTURE(loss);
    CHECK(std::fabs(back / loss - 1) <= 5.1e-4);
  }
  for (const double exact : {0.0, 1.0, 1e-3, 9.999, 1234.0, 0.5, 1e10}) {
    CHECK(round_trip({with_loss(exact)})[0].train_loss == exact);
  }
}

TEST_CASE("what is not a number stays that, what is too large is infinite, what is tiny is zero") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(std::isnan(round_trip({with_loss(std::nan(""))})[0].train_loss));
  CHECK(round_trip({with_loss(infinity)})[0].train_loss == infinity);
  CHECK(round_trip({with_loss(1e300)})[0].train_loss == infinity);
  CHECK(round_trip({with_loss(1e-60)})[0].train_loss == 0);
  CHECK(round_trip({with_loss(-1)})[0].train_loss == 0);
  auto odd = with_loss(1);
  odd.test_accuracy = std::nan("");
  odd.test_perplexity = 1e300;
  const auto back = round_trip({odd})[0];
  CHECK(std::isnan(back.test_accuracy));
  CHECK(back.test_perplexity == infinity);
}

TEST_CASE("accuracies of zero and one are exact") {
  EpochPoint point{.epoch = 1, .step = 1, .test_accuracy = 1, .test_micro_accuracy = 0};
  point.test_perplexity = 1;
  const auto back = round_trip({point})[0];
  CHECK(back.test_accuracy == 1);
  CHECK(back.test_micro_accuracy == 0);
  CHECK(back.test_perplexity == 1);
}

TEST_CASE("a gap in the epochs or another stride begins a new row") {
  auto curve = make_curve(6, 0.5);
  curve.erase(curve.begin() + 2);
  curve[4].step += 3;
  const auto rows = pack_curve(curve);
  REQUIRE(rows.size() == 3);
  CHECK(rows[1].first_epoch == 4);
  CHECK(round_trip(curve).back().step == curve[4].step);
  CHECK(pack_curve({}).empty());
}

TEST_CASE("a damaged row gives not a number instead of a crash") {
  auto rows = pack_curve(make_curve(1, 0.5));
  rows[0].points[0] = '\x01';
  rows[0].points[4] = '\xff';
  std::vector<EpochPoint> back;
  unpack_row(1, 1, 1, rows[0].points, back);
  REQUIRE(back.size() == 1);
  CHECK(std::isnan(back[0].train_loss));
  CHECK(std::isnan(back[0].test_accuracy));
}

}  // namespace
}  // namespace scanyard::store
