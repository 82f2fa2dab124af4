//! Pages for what cannot be shown: why, and what to do about it.
#pragma once

#include <string>

#include "common/error.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

struct ErrorView {
  int status = 404;
  std::string title;    ///< "No such run"
  std::string message;  ///< one or two sentences
  std::string detail;   ///< for whoever looks into it: code and text of an Error; may be empty
  std::string retry_address;  ///< a link to try again; empty = none
  bool sign_in = false;       ///< say where the address with the token is found
};

Page error_page(const ErrorView& view);

/// The page for an Error of the read model: 404 for what does not exist, 409 for a prefix that fits
/// several runs, else 500.
ErrorView view_of(const Error& error);

}  // namespace scanyard::web
