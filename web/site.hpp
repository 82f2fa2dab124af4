//! The router: every address of the site, who may see it, and what it answers. Pure: the same
//! request and the same state of the read model give the same response, byte for byte.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "web/access.hpp"
#include "web/http.hpp"

namespace scanyard::web {

/// Threads: respond() may be called from any number of threads, as the ReadModel may.
class Site {
 public:
  /// `model` must outlive the site.
  Site(ReadModel& model, Access access) : model_(model), access_(std::move(access)) {}

  /// Never fails: what goes wrong is a response with a page (or JSON below /api) that says why.
  /// Only GET and HEAD are answered, so the page can change nothing.
  Response respond(const Request& request) const;

 private:
  ReadModel& model_;
  Access access_;
};

}  // namespace scanyard::web
