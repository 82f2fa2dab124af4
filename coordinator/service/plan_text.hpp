//! A plan for people and for programs. Pure.
#pragma once

#include <string>

#include "common/spec/plan.hpp"

namespace scanyard::service {

std::string plan_text(const spec::Plan& plan, const std::string& source);
std::string plan_json(const spec::Plan& plan, const std::string& source);

/// One line a run: id, state, values. States are those of the known runs, else "new".
std::string run_list_text(const spec::Expansion& expansion, std::span<const KnownRun> known);

}  // namespace scanyard::service
