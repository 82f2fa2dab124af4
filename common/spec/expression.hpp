//! Expressions of a spec: conditions, derived values and constraints over the names of a
//! combination. Numbers, + - * / % ^, comparisons, and/or/not, `a ? b : c`, a few functions; texts
//! can be compared with == and !=.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/spec/names.hpp"
#include "common/spec/value_table.hpp"

namespace scanyard::spec {

/// Where an expression stands decides what its names mean.
enum class ExpressionUse {
  condition,   ///< `when` and `exclude`: keys and helpers
  derivation,  ///< `derive`: keys and helpers, then derived values
  constraint,  ///< `where`: the same
};

/// One compiled expression. evaluate() uses buffers of its own: one thread at a time.
class Expression {
 public:
  /// A value that the expression needs.
  struct Reference {
    bool derived = false;  ///< index into Vocabulary::derived(), else a slot
    std::uint32_t index = 0;
    friend bool operator==(const Reference&, const Reference&) = default;
  };

  /// Errors, without place: spec.bad_expression, spec.unknown_name with the nearest name.
  static Result<std::shared_ptr<Expression>> compile(std::string_view text, ExpressionUse use,
                                                     const Names& names, ValueTable& values);
  ~Expression();

  const std::string& text() const { return text_; }
  /// Distinct, in the order in which evaluate() wants their values.
  const std::vector<Reference>& references() const { return references_; }
  /// May be NaN or infinite: 0 / 0, sqrt(-1).
  double evaluate(std::span<const double> inputs);

 private:
  struct Engine;
  Expression();

  std::string text_;
  std::vector<Reference> references_;
  std::unique_ptr<Engine> engine_;
};

/// Names of the functions that expressions can call.
std::span<const std::string_view> function_names();

}  // namespace scanyard::spec
