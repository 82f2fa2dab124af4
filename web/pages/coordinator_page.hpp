//! The coordinator itself: where it is, since when, and what it refused or dropped.
#pragma once

#include "common/read_model.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

Page coordinator_page(const ServerStatus& status);

}  // namespace scanyard::web
