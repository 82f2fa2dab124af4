//! Assertions that stay on in release: for programmer errors, never for bad input.
#pragma once

namespace scanyard {

/// Prints the failed condition with its place to stderr and aborts. Never returns.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line,
                                   const char* why);

}  // namespace scanyard

/// Aborts with the place and the reason when `condition` is false. The reason is a sentence of what
/// must hold.
#define SCANYARD_ASSERT(condition, why) \
  ((condition) ? void(0) : ::scanyard::assertion_failed(#condition, __FILE__, __LINE__, why))
