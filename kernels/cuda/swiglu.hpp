//! SwiGLU between its projections on a GPU (kernels/swiglu.hpp): s = silu(a) b. Element is float or
//! Bf16, arithmetic float32. ab [rows, 2F] with a in the first F columns, s [rows, F]; F is a
//! multiple of 8. Bytes of a row in Bf16: forward 4F read, 2F written; backward 6F read, 4F written.
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

template <class Element>
Status swiglu_forward(const Element* ab, Element* s, std::int64_t rows, std::int64_t inner,
                      Stream stream);

/// dab may be ab itself.
template <class Element>
Status swiglu_backward(const Element* ab, const Element* ds, Element* dab, std::int64_t rows,
                       std::int64_t inner, Stream stream);

}  // namespace scanyard::kernels::cuda
