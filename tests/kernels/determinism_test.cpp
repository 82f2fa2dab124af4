//! A chain's numbers depend on that chain only: not on its neighbours, their number, or how work is
//! split.
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include "kernels/bdlru_scan.hpp"
#include "kernels/hlru_scan.hpp"
#include "tests/kernels/ops/convert.hpp"

namespace scanyard::kernels::test {
namespace {

constexpr Isa every_isa[] = {Isa::reference, Isa::baseline, Isa::avx2, Isa::avx512};

/// A scan of either kind with everything that it writes in one vector.
struct Scan {
  bool is_hlru;
  Gate gate;
  Isa isa;
  std::int64_t length, channels, m;

  std::int64_t z_count() const { return length * channels * (is_hlru ? m + 1 : m * (m + 1)); }
  std::int64_t v_count() const { return length * channels * (is_hlru ? 1 : m); }
  std::int64_t out_count() const { return length * channels * m; }

  /// Output and gradients, chain by chain, computed in the given ranges.
  std::vector<float> run(const std::vector<float>& z, const std::vector<float>& v,
                         const std::vector<float>& dout, const std::vector<Range>& ranges) const {
    const std::int64_t chains = std::int64_t(z.size()) / z_count();
    const ScanShape shape{chains, length, channels, m};
    std::vector<float> out(dout.size()), dz(z.size()), dv(v.size());
    const auto forward =
        is_hlru ? hlru_scan_forward<float, float> : bdlru_scan_forward<float, float>;
    const auto backward =
        is_hlru ? hlru_scan_backward<float, float> : bdlru_scan_backward<float, float>;
    for (const Range range : ranges)
      forward(gate, shape, z.data(), v.data(), out.data(), range, isa);
    for (const Range range : ranges) {
      backward(gate, shape, z.data(), v.data(), out.data(), dout.data(), dz.data(), dv.data(),
               range, isa);
    }
    std::vector<float> all;
    for (std::int64_t chain = 0; chain < chains; ++chain) {
      const auto add = [&](const std::vector<float>& from, std::int64_t count) {
        all.insert(all.end(), from.begin() + chain * count, from.begin() + (chain + 1) * count);
      };
      add(out, out_count());
      add(dz, z_count());
      add(dv, v_count());
    }
    return all;
  }
};

std::vector<float> floats(std::int64_t count, std::uint32_t salt) {
  return from_values<float>(random_values(std::size_t(count), salt));
}

std::vector<float> part(const std::vector<float>& values, std::int64_t index, std::int64_t count) {
  return {values.begin() + index * count, values.begin() + (index + 1) * count};
}

void check_independence(const Scan& scan) {
  constexpr std::int64_t chains = 5;
  const auto z = floats(chains * scan.z_count(), 1);
  const auto v = floats(chains * scan.v_count(), 2);
  const auto dout = floats(chains * scan.out_count(), 3);
  const auto together = scan.run(z, v, dout, {{0, chains}});
  CHECK(scan.run(z, v, dout, {{3, 5}, {0, 1}, {1, 3}}) == together);
  const std::int64_t per_chain = std::int64_t(together.size()) / chains;
  for (std::int64_t chain = 0; chain < chains; ++chain) {
    const auto alone = scan.run(part(z, chain, scan.z_count()), part(v, chain, scan.v_count()),
                                part(dout, chain, scan.out_count()), {{0, 1}});
    CHECK(alone == part(together, chain, per_chain));
  }
}

TEST_CASE("a chain gives the same bits alone, among others, and however the work is split") {
  for (const bool is_hlru : {false, true}) {
    for (const Gate gate : {Gate::softmax, Gate::sigmoid_l1, Gate::relu_l1, Gate::tanh_l1}) {
      for (const Isa isa : every_isa) {
        if (!is_supported(isa)) continue;
        for (const auto& [channels, m] :
             {std::pair{1, 5}, {5, 2}, {16, 3}, {21, 1}, {40, 4}, {7, 7}}) {
          INFO(to_text(isa) << " " << to_text(gate) << " H=" << channels << " m=" << m << " hlru "
                            << is_hlru);
          check_independence({is_hlru, gate, isa, 6, channels, m});
        }
      }
    }
  }
}

TEST_CASE("chains outside the range are not written") {
  const ScanShape shape{4, 3, 5, 2};
  const auto z = floats(4 * 3 * 5 * 6, 1);
  const auto v = floats(4 * 3 * 5 * 2, 2);
  for (const Isa isa : every_isa) {
    if (!is_supported(isa)) continue;
    std::vector<float> h(v.size(), -7.0f);
    bdlru_scan_forward(Gate::softmax, shape, z.data(), v.data(), h.data(), {1, 3}, isa);
    for (std::size_t i = 0; i < h.size(); ++i)
      CHECK((h[i] == -7.0f) == (i < 30 || i >= 90));
  }
}

}  // namespace
}  // namespace scanyard::kernels::test
