//! Gives an error of the vocabulary its place in the file.
#pragma once

#include "common/spec/combination.hpp"
#include "common/spec/resolve.hpp"

namespace scanyard::spec {

/// Keeps code and message; adds file, the line of the key that is to blame (else of the block), the
/// values of `varying`, and for a key that does not apply to a model the advice to use `when`.
Error locate_shape_error(const Error& error, const SpecDocument& document,
                         const ResolvedBlock& block, const Combination& combination,
                         const std::vector<Slot>& varying);

}  // namespace scanyard::spec
