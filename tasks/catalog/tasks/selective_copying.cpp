//! Copying of content tokens that are scattered among blanks (protocol.md 1.2).
#include <fmt/format.h>

#include "tasks/catalog/errc.hpp"
#include "tasks/catalog/rows.hpp"

namespace scanyard::catalog {
namespace {

Result<void> check(const ShapeConfig& c) {
  if (c.length > 2 * c.copies + 1) return {};
  return fail(
      errc::impossible_shape,
      fmt::format(
          "selective_copying needs length > 2*copies + 1: copies {} needs a length of at least {}, "
          "but length is {}",
          c.copies, 2 * c.copies + 2, c.length));
}

/// The published numbers are means over four settings, which no single configuration can be
/// compared with.
std::optional<std::pair<std::string, std::string>> published(const ShapeConfig&) {
  return std::nullopt;
}

}  // namespace

TaskRow selective_copying_row() {
  return {
      .name = "selective_copying",
      .doc = "copy the content tokens of a sequence, in order, after a copy token",
      .generator_version = 1,
      .axes = {integer_axis("vocab", "V: content tokens, one blank and one copy token", 3, 1 << 20,
                            16),
               integer_axis("copies", "content tokens to copy (the paper does not say; MAD: 16)", 1,
                            32767, 16),
               length_axis(64), train_axis(), test_axis()},
      .vocab = [](const ShapeConfig& c) { return c.vocab; },
      .check = check,
      .published = published};
}

}  // namespace scanyard::catalog
