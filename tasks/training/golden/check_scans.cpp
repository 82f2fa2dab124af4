//! scan_bdlru/ and scan_hlru/: the recurrences on given coefficients, in both precisions.
#include <ATen/ops/empty_like.h>

#include "kernels/bdlru_scan.hpp"
#include "kernels/hlru_scan.hpp"
#include "tasks/training/golden/checkers.hpp"

namespace scanyard::golden {
namespace {

template <class T>
constexpr at::ScalarType type = sizeof(T) == 8 ? at::kDouble : at::kFloat;

template <class T>
const T* in(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.const_data_ptr<T>() : nullptr;
}

/// x [B, T, H, m].
kernels::ScanShape shape_of(const at::Tensor& states) {
  return {states.size(0), states.size(1), states.size(2), states.size(3)};
}

/// With the initial state of the file, or (prefix "zero.") with none.
template <class T>
void bdlru(Check& check, bool zero) {
  const std::string prefix = zero ? "zero." : "";
  const auto load = [&](const char* name) { return check.input(name).to(type<T>); };
  const at::Tensor A = load("A"), x = load("x"), dh = load("dh");
  const at::Tensor h0 = zero ? at::Tensor() : load("h0");
  const at::Tensor h = at::empty_like(x), dA = at::empty_like(A), dx = at::empty_like(x);
  const at::Tensor dh0 = at::empty_like(check.input("h0").to(type<T>));
  const auto shape = shape_of(x);
  const kernels::Range all{0, shape.chains};
  kernels::bdlru_plain_forward(shape, in<T>(A), in<T>(x), in<T>(h0), h.mutable_data_ptr<T>(), all);
  kernels::bdlru_plain_backward(shape, in<T>(A), in<T>(h), in<T>(h0), in<T>(dh),
                                dA.mutable_data_ptr<T>(), dx.mutable_data_ptr<T>(),
                                dh0.mutable_data_ptr<T>(), all);
  check.near(prefix + "h", h, type<T>);
  check.near(prefix + "dA", dA, type<T>);
  check.near(prefix + "dx", dx, type<T>);
  check.near(prefix + "dh0", dh0, type<T>);
}

template <class T>
void hlru(Check& check, bool zero) {
  const std::string prefix = zero ? "row.zero." : "row.";
  const auto load = [&](const char* name) { return check.input(name).to(type<T>); };
  const at::Tensor a = load("a"), u = load("u"), dy = load("dh");
  const at::Tensor past = zero ? at::Tensor() : load("past");
  const at::Tensor y = at::empty_like(a), da = at::empty_like(a), du = at::empty_like(u);
  const at::Tensor dpast = zero ? at::Tensor() : at::empty_like(past);
  const auto shape = shape_of(a);
  const kernels::Range all{0, shape.chains};
  kernels::hlru_plain_forward(shape, in<T>(a), in<T>(u), in<T>(past), y.mutable_data_ptr<T>(), all);
  kernels::hlru_plain_backward(shape, in<T>(a), in<T>(y), in<T>(past), in<T>(dy),
                               da.mutable_data_ptr<T>(), du.mutable_data_ptr<T>(),
                               zero ? nullptr : dpast.mutable_data_ptr<T>(), all);
  check.near(prefix + "h", y, type<T>);
  check.near(prefix + "da", da, type<T>);
  check.near(prefix + "du", du, type<T>);
  if (!zero) check.near(prefix + "dpast", dpast, type<T>);
}

}  // namespace

void check_bdlru_scan(Check& check) {
  for (const bool zero : {false, true}) {
    bdlru<double>(check, zero);
    bdlru<float>(check, zero);
  }
}

void check_hlru_scan(Check& check) {
  for (const bool zero : {false, true}) {
    hlru<double>(check, zero);
    hlru<float>(check, zero);
  }
}

}  // namespace scanyard::golden
