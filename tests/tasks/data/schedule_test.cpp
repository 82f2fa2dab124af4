#include "tasks/data/schedule.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/tasks/data/golden.hpp"

namespace scanyard::data {
namespace {

TEST_CASE("the cosine schedule is the golden one for every peak and minimum") {
  const auto golden = test::golden("schedules/lr.safetensors");
  int tables = 0;
  for (const double peak : {1e-3, 5e-4, 1e-4}) {
    for (const double minimum : {1e-5, 1e-6}) {
      const auto name = [&](const char* p, const char* m) {
        return std::string("epoch_cosine_peak") + p + "_min" + m;
      };
      const auto rates = golden.tensors
                             .at(name(peak == 1e-3   ? "0.001"
                                      : peak == 5e-4 ? "0.0005"
                                                     : "0.0001",
                                      minimum == 1e-5 ? "1e-05" : "1e-06"))
                             .to_doubles();
      REQUIRE(rates.size() == 200);
      catalog::ReplicaConfig replica;
      replica.lr = peak;
      replica.lr_min = minimum;
      for (std::int64_t e = 0; e < 200; ++e) {
        const double rate = learning_rate(catalog::Schedule::cosine, replica, e, 200);
        CHECK(std::abs(rate / rates[std::size_t(e)] - 1) <= 1e-12);
      }
      ++tables;
    }
  }
  CHECK(tables == 6);
}

TEST_CASE("a constant schedule stays at the peak") {
  catalog::ReplicaConfig replica;
  replica.lr = 0.25;
  for (const std::int64_t e : {0, 5, 9})
    CHECK(learning_rate(catalog::Schedule::constant, replica, e, 10) == 0.25);
}

}  // namespace
}  // namespace scanyard::data
