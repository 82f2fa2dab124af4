//! The words of a spec: models, tasks, presets, their validity and their cost.
#pragma once

#include "common/spec/vocabulary.hpp"

namespace scanyard::catalog {

/// The one vocabulary of this program. Immutable; any thread.
const spec::Vocabulary& vocabulary();

}  // namespace scanyard::catalog
