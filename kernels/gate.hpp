//! Gate functions: raw logits z to coefficients a, over rows of m+1 values whose last one is the
//! input gate (protocol.md 3.1). Letters: n rows, c = m+1 columns.
//!
//! | gate       | a_j                                   | parameter form (non-selective layers)   |
//! |------------|---------------------------------------|-----------------------------------------|
//! | softmax    | exp z_j / sum exp z                   | the same                                |
//! | sigmoid_l1 | s(z_j) / sum s(z)                     | the same                                |
//! | relu_l1    | relu z_j / (sum relu z + 0.001 c)     | without 0.001 c                         |
//! | no_norm    | z_j                                   | z_j / c                                 |
//! | tanh_l1    | tanh z_j / sum abs tanh z             | the same                                |
//! | lin_l1     | z_j / sum abs z                       | the same                                |
//!
//! There is no eps but relu_l1's: a row of zeros gives 0/0 = NaN in tanh_l1, lin_l1 and parameter
//! relu_l1, and a row so far negative that every sigmoid is 0 does in sigmoid_l1. relu'(0) = 0 and
//! the derivative of |z| at 0 is 0. The scans have these functions fused in; the ones here are for
//! parameters and for tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace scanyard::kernels {

enum class Gate : std::uint8_t { softmax, sigmoid_l1, relu_l1, no_norm, tanh_l1, lin_l1 };

/// Whether coefficients are computed from the input (selective) or are normalised parameters.
enum class GateForm : std::uint8_t { selective, parameter };

/// The names of the catalog: "softmax", ...
std::string_view to_text(Gate gate);
std::optional<Gate> gate_from_text(std::string_view text);

/// a [n, c] from z [n, c]. T is float or double. Threads: none inside.
template <class T>
void gate_forward(Gate gate, GateForm form, const T* z, T* a, std::int64_t n, std::int64_t c);

/// dz [n, c] from z and da [n, c]; a is computed again. dz may be da.
template <class T>
void gate_backward(Gate gate, GateForm form, const T* z, const T* da, T* dz, std::int64_t n,
                   std::int64_t c);

}  // namespace scanyard::kernels
