//! gates/: raw logits to coefficients and back, selective and parameter form, with the edge rows.
#include <ATen/ops/empty_like.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <stdexcept>

#include "kernels/gate.hpp"
#include "tasks/training/golden/checkers.hpp"

namespace scanyard::golden {
namespace {

using kernels::Gate;
using kernels::GateForm;

template <class T>
constexpr at::ScalarType type = sizeof(T) == 8 ? at::kDouble : at::kFloat;

struct Coefficients {
  at::Tensor a;
  at::Tensor dz;
};

template <class T>
Coefficients computed(Gate gate, GateForm form, const at::Tensor& z, const at::Tensor& da) {
  const Coefficients result{at::empty_like(z), at::empty_like(z)};
  const std::int64_t columns = z.size(-1);
  const std::int64_t rows = z.numel() / columns;
  kernels::gate_forward(gate, form, z.const_data_ptr<T>(), result.a.mutable_data_ptr<T>(), rows,
                        columns);
  kernels::gate_backward(gate, form, z.const_data_ptr<T>(), da.const_data_ptr<T>(),
                         result.dz.mutable_data_ptr<T>(), rows, columns);
  return result;
}

/// One group of tensors, such as "bd_m2", with results under `results` ("bd_m2" or "nonsel.bd_m2").
template <class T>
void group(Check& check, Gate gate, GateForm form, const std::string& inputs,
           const std::string& results) {
  const at::Tensor z = check.input(inputs + ".z").to(type<T>);
  const at::Tensor da = check.input(inputs + ".da").to(type<T>);
  auto [a, dz] = computed<T>(gate, form, z, da);
  check.near(results + ".a", a, type<T>);
  // Where the reference is 0/0, the README asks for NaN in the coefficients and leaves the gradient
  // open: there it is taken as the reference's.
  const at::Tensor open = at::isnan(check.input(results + ".a")).any(-1, true).expand_as(dz);
  const at::Tensor reference = check.input(results + ".dz").to(type<T>);
  check.near(results + ".dz", at::where(open, reference, dz), type<T>);
}

}  // namespace

void check_gates(Check& check) {
  const auto name = check.config().at("gate").get<std::string>();
  const auto gate = kernels::gate_from_text(name);
  if (!gate) throw std::runtime_error(fmt::format("unknown gate '{}'", name));
  for (const std::string& tensor : check.names_after("")) {
    if (!tensor.ends_with(".z")) continue;
    const std::string inputs = tensor.substr(0, tensor.size() - 2);
    const bool edge = inputs == "edge";  // extreme logits overflow float32: exact in float64 only
    group<double>(check, *gate, GateForm::selective, inputs, inputs);
    if (!edge) group<float>(check, *gate, GateForm::selective, inputs, inputs);
    const std::string parameter = "nonsel." + inputs;
    if (!check.has(parameter + ".a")) continue;
    group<double>(check, *gate, GateForm::parameter, inputs, parameter);
    if (!edge) group<float>(check, *gate, GateForm::parameter, inputs, parameter);
  }
}

}  // namespace scanyard::golden
