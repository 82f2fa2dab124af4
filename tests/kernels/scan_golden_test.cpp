#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "kernels/bdlru_scan.hpp"
#include "kernels/hlru_scan.hpp"
#include "tests/kernels/golden.hpp"

namespace scanyard::kernels {
namespace {

using test::Golden;
using test::golden_tolerance;
using test::relative_error;

std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(SCANYARD_SOURCE_DIR "/tests/golden/data/" + folder)) {
    names.push_back(folder + "/" + entry.path().filename().string());
  }
  return names;
}

ScanShape shape_of(const std::vector<std::int64_t>& sizes) {
  return {sizes[0], sizes[1], sizes[2], sizes[3]};
}

template <class T>
void check_bdlru(const Golden& golden, Isa isa, bool from_zero) {
  const std::string prefix = from_zero ? "zero." : "";
  const ScanShape shape = shape_of(golden.shape("A"));
  const auto A = golden.get<T>("A");
  const auto x = golden.get<T>("x");
  const auto h0 = golden.get<T>("h0");
  const auto dh = golden.get<T>("dh");
  std::vector<T> h(x.size()), dA(A.size()), dx(x.size()), dh0(h0.size());
  const T* start = from_zero ? nullptr : h0.data();
  const Range all{0, shape.chains};
  bdlru_plain_forward(shape, A.data(), x.data(), start, h.data(), all, isa);
  bdlru_plain_backward(shape, A.data(), h.data(), start, dh.data(), dA.data(), dx.data(),
                       dh0.data(), all, isa);
  CHECK(relative_error(h, golden.get<double>(prefix + "h")) <= golden_tolerance<T>);
  CHECK(relative_error(dA, golden.get<double>(prefix + "dA")) <= golden_tolerance<T>);
  CHECK(relative_error(dx, golden.get<double>(prefix + "dx")) <= golden_tolerance<T>);
  CHECK(relative_error(dh0, golden.get<double>(prefix + "dh0")) <= golden_tolerance<T>);
}

template <class T>
void check_hlru(const Golden& golden, Isa isa, bool from_zero) {
  const std::string prefix = from_zero ? "row.zero." : "row.";
  const ScanShape shape = shape_of(golden.shape("a"));
  const auto a = golden.get<T>("a");
  const auto u = golden.get<T>("u");
  const auto past = golden.get<T>("past");
  const auto dy = golden.get<T>("dh");
  std::vector<T> y(a.size()), da(a.size()), du(u.size()), dpast(past.size());
  const T* start = from_zero ? nullptr : past.data();
  const Range all{0, shape.chains};
  hlru_plain_forward(shape, a.data(), u.data(), start, y.data(), all, isa);
  hlru_plain_backward(shape, a.data(), y.data(), start, dy.data(), da.data(), du.data(),
                      dpast.data(), all, isa);
  CHECK(relative_error(y, golden.get<double>(prefix + "h")) <= golden_tolerance<T>);
  CHECK(relative_error(da, golden.get<double>(prefix + "da")) <= golden_tolerance<T>);
  CHECK(relative_error(du, golden.get<double>(prefix + "du")) <= golden_tolerance<T>);
  if (!from_zero)
    CHECK(relative_error(dpast, golden.get<double>("row.dpast")) <= golden_tolerance<T>);
}

constexpr Isa every_isa[] = {Isa::reference, Isa::baseline, Isa::avx2, Isa::avx512};

TEMPLATE_TEST_CASE("every golden BD-LRU scan is matched by every build, gradients included", "",
                   double, float) {
  const auto files = files_of("scan_bdlru");
  REQUIRE(files.size() == 14);
  for (const auto& name : files) {
    const Golden golden(name);
    for (const Isa isa : every_isa) {
      if (!is_supported(isa)) continue;
      INFO(name << " " << to_text(isa));
      check_bdlru<TestType>(golden, isa, false);
      check_bdlru<TestType>(golden, isa, true);
    }
  }
}

TEMPLATE_TEST_CASE("every golden H-LRU scan (eq. 3) is matched by every build, gradients included",
                   "", double, float) {
  const auto files = files_of("scan_hlru");
  REQUIRE(files.size() == 6);
  for (const auto& name : files) {
    const Golden golden(name);
    for (const Isa isa : every_isa) {
      if (!is_supported(isa)) continue;
      INFO(name << " " << to_text(isa));
      check_hlru<TestType>(golden, isa, false);
      check_hlru<TestType>(golden, isa, true);
    }
  }
}

}  // namespace
}  // namespace scanyard::kernels
