#include "kernels/gate.hpp"

#include <vector>

#include "kernels/gate_row.hpp"

namespace scanyard::kernels {
namespace {

struct NamedGate {
  Gate gate;
  std::string_view name;
};
constexpr NamedGate names[] = {{Gate::softmax, "softmax"}, {Gate::sigmoid_l1, "sigmoid_l1"},
                               {Gate::relu_l1, "relu_l1"}, {Gate::no_norm, "no_norm"},
                               {Gate::tanh_l1, "tanh_l1"}, {Gate::lin_l1, "lin_l1"}};

}  // namespace

std::string_view to_text(Gate gate) {
  for (const auto& named : names) {
    if (named.gate == gate) return named.name;
  }
  return {};
}

std::optional<Gate> gate_from_text(std::string_view text) {
  for (const auto& named : names) {
    if (named.name == text) return named.gate;
  }
  return std::nullopt;
}

template <class T>
void gate_forward(Gate gate, GateForm form, const T* z, T* a, std::int64_t n, std::int64_t c) {
  for (std::int64_t i = 0; i < n; ++i)
    gate_row_forward(gate, form, z + i * c, a + i * c, c);
}

template <class T>
void gate_backward(Gate gate, GateForm form, const T* z, const T* da, T* dz, std::int64_t n,
                   std::int64_t c) {
  std::vector<T> a(static_cast<std::size_t>(c));
  for (std::int64_t i = 0; i < n; ++i) {
    gate_row_forward(gate, form, z + i * c, a.data(), c);
    gate_row_backward(gate, form, z + i * c, a.data(), da + i * c, dz + i * c, c);
  }
}

template void gate_forward(Gate, GateForm, const float*, float*, std::int64_t, std::int64_t);
template void gate_forward(Gate, GateForm, const double*, double*, std::int64_t, std::int64_t);
template void gate_backward(Gate, GateForm, const float*, const float*, float*, std::int64_t,
                            std::int64_t);
template void gate_backward(Gate, GateForm, const double*, const double*, double*, std::int64_t,
                            std::int64_t);

}  // namespace scanyard::kernels
