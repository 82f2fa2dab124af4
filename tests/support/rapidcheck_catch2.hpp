//! Properties of rapidcheck as checks of Catch2 v3: `check_property("...", [](int a) { ... })`.
//! The run's seed is Catch2's, so `--rng-seed N` repeats a failure.
#pragma once

#include <rapidcheck.h>

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <sstream>
#include <string>

namespace scanyard {

/// Checks a property with `cases` random inputs and reports the smallest counterexample.
template <class Testable>
void check_property(const std::string& description, Testable&& testable, int cases = 100) {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = cases;
  params.seed = Catch::getSeed();
  const auto result = rc::detail::checkTestable(std::forward<Testable>(testable),
                                                rc::detail::TestMetadata{description, description}, params);
  std::ostringstream report;
  rc::detail::printResultMessage(result, report);
  INFO(description << "\n" << report.str());
  CHECK(result.template is<rc::detail::SuccessResult>());
}

}  // namespace scanyard
