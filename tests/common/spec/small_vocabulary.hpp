//! A vocabulary of a dozen keys for tests of the grammar: two recurrent models with a gate and one
//! without, a task with a key of its own, an alias and a key that a schedule switches off.
#pragma once

#include <string>

#include "common/spec/expand.hpp"

namespace scanyard::spec {

/// Models bd and h (keys m, gate) and gru; h at m = 1 is bd at m = 1; state = hidden * m, below
/// 65,536; lr_min is dropped where the schedule is constant; `copies` belongs to task copy.
const Vocabulary& small_vocabulary();

/// expand() of a text called "s.yaml".
Result<Expansion> expand_text(const std::string& yaml, const ExpandOptions& options = {});

/// The error of a text that must not expand.
Error error_of(const std::string& yaml, const ExpandOptions& options = {});

/// "code | message" of it.
std::string refusal_of(const std::string& yaml, const ExpandOptions& options = {});

}  // namespace scanyard::spec
