//! Pieces that several pages share, as ready markup.
#pragma once

#include <string>
#include <string_view>

#include "common/read_model.hpp"
#include "web/format.hpp"
#include "web/html/template.hpp"

namespace scanyard::web {

/// A state's name in a box whose colour says whether somebody must look: any text of a run's, a
/// sweep's, a worker's, a slot's or an attempt's state.
Html state_chip(std::string_view state);

/// "2026-11-22 13:49:23 UTC (3 min ago)".
Html moment(TimePoint now, TimePoint then);

/// A bar with one part a state, as wide as its share of the runs.
Html progress_bar(const StateCounts& counts);

/// The same as numbers: "120 finished", "3 diverged", ...; states without runs are left out.
Html counts_list(const StateCounts& counts);

/// A command to type, with a button that copies it.
Html command_box(std::string_view command);

/// Names and values one below the other.
Html facts(const Fields& fields);

/// A link whose text may come from anywhere. `address` must be one of the site's own.
Html link(std::string_view address, std::string_view text);

/// "bdlru m=5 S5 train=100000": the keys of a cell's label in the order in which tables name them.
std::string configuration_label(std::string_view label_json);

/// "1 run", "12 runs", "1,204 runs".
std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural);

}  // namespace scanyard::web
