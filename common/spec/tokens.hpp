//! Splits an expression of a spec ("state <= 6144 and model != lstm") into tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"

namespace scanyard::spec {

struct Token {
  enum class Kind {
    number,
    name,
    text,        ///< in quotes
    arithmetic,  ///< + - * / % ^
    comparison,  ///< < <= > >= == !=
    logic,       ///< and, or, not (also && and ||, which become them)
    open,
    close,
    comma,
    choice,  ///< ? or :
  };
  Kind kind;
  std::string text;
};

/// Errors: spec.bad_expression, saying what would be right ("use '==' to compare"), without place.
Result<std::vector<Token>> tokenize(std::string_view expression);

/// The names that an expression uses, without those of functions; empty where it does not split.
std::vector<std::string> names_in(std::string_view expression);

}  // namespace scanyard::spec
