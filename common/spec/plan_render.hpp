//! A plan for a person, for a program, and run by run.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "common/spec/plan.hpp"

namespace scanyard::spec {

/// Several aligned lines, ending with a line break. The selection's sentence is
/// tables::protocol_text(plan.selection), one library up; print it underneath.
std::string plan_text(const Plan& plan);

/// One JSON object, two spaces of indent. Numbers are plain; what is not known is null.
std::string plan_json(const Plan& plan);

/// Calls `write` with one line a run, in canonical order, line break included: the id, "new" or the
/// state, and the keys that differ within the sweep ("hidden=16 lr=0.001 m=5 model=bdlru seed=1").
/// A line at a time, because a million of them do not belong into one string.
void list_runs_text(const Expansion& expansion, std::span<const KnownRun> known,
                    const std::function<void(std::string_view)>& write);

/// The same as JSON lines: {"id", "state", "sweep", "block", "shape": {...}, "replica": {...}}.
void list_runs_json(const Expansion& expansion, std::span<const KnownRun> known,
                    const std::function<void(std::string_view)>& write);

/// "3.2 TFLOP", "180 GB": three digits and a prefix.
std::string with_prefix(double value, std::string_view unit);

}  // namespace scanyard::spec
