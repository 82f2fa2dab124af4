#include "common/spec/expression.hpp"

#include <fmt/format.h>
#include <muParser.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/assert.hpp"
#include "common/spec/errc.hpp"
#include "common/spec/tokens.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::spec {
namespace {

constexpr std::array<std::string_view, 11> functions = {
    "abs", "ceil", "exp", "floor", "ln", "log10", "log2", "max", "min", "round", "sqrt"};

double remainder_of(double a, double b) {
  return std::fmod(a, b);
}
double negation(double a) {
  return a == 0 ? 1 : 0;
}

/// Turns tokens into muParser's syntax: names into v0, v1, ..., texts into their numbers, and
/// refuses what muParser would accept with another meaning than a reader expects.
class Translator {
 public:
  Translator(ExpressionUse use, const Names& names, ValueTable& values, std::vector<Token> tokens)
      : use_(use), names_(names), values_(values), tokens_(std::move(tokens)) {}

  Result<std::string> translate() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      if (at_ > 0 && tokens_[at_].kind != Token::Kind::open) code_ += ' ';
      if (auto done = translate_token(); !done) return propagate(done);
    }
    return std::move(code_);
  }

  const std::vector<Expression::Reference>& references() const { return references_; }

 private:
  const Token* next(std::size_t distance = 1) const {
    return at_ + distance < tokens_.size() ? &tokens_[at_ + distance] : nullptr;
  }

  Result<void> translate_token() {
    const Token& token = tokens_[at_];
    switch (token.kind) {
      case Token::Kind::name:
        return translate_name(token.text);
      case Token::Kind::text:
        return fail(
            errc::bad_expression,
            fmt::format("\"{0}\" can only stand after == or !=, as in: model == {0}", token.text));
      case Token::Kind::comparison:
        if (compared_.back()) {
          return fail(errc::bad_expression,
                      "comparisons cannot be chained; write: a <= b and b <= c");
        }
        compared_.back() = true;
        code_ += token.text;
        return {};
      case Token::Kind::logic:
        compared_.back() = false;
        code_ += token.text == "and" ? "&&" : token.text == "or" ? "||" : "!";
        return {};
      case Token::Kind::open:
        compared_.push_back(false);
        break;
      case Token::Kind::close:
        if (compared_.size() > 1) compared_.pop_back();
        break;
      case Token::Kind::comma:
      case Token::Kind::choice:
        compared_.back() = false;
        break;
      case Token::Kind::number:
      case Token::Kind::arithmetic:
        break;
    }
    code_ += token.text;
    return {};
  }

  Result<void> translate_name(const std::string& name) {
    if (name == "true" || name == "false") {
      code_ += name == "true" ? "1" : "0";
      return {};
    }
    if (next() != nullptr && next()->kind == Token::Kind::open) {
      if (std::find(functions.begin(), functions.end(), name) != functions.end()) {
        code_ += name;
        return {};
      }
      return fail(errc::unknown_name,
                  fmt::format("'{}' is no function{}", name,
                              yaml::suggestion(name, {functions.begin(), functions.end()})));
    }
    const auto reference = resolve(name);
    if (!reference) return tl::unexpected<Error>(unknown(name));
    append(*reference);
    if (!reference->derived && names_.type(reference->index) == ValueType::text) {
      return translate_text_comparison(reference->index);
    }
    return {};
  }

  std::optional<Expression::Reference> resolve(const std::string& name) const {
    const auto slot = names_.slot(name);
    const auto derived = names_.derived(name);
    if (slot) return Expression::Reference{false, *slot};
    if (derived && use_ != ExpressionUse::condition) {
      return Expression::Reference{true, std::uint32_t(*derived)};
    }
    return std::nullopt;
  }

  Error unknown(const std::string& name) const {
    if (names_.derived(name)) {
      return Error(errc::unknown_name,
                   fmt::format("'{}' follows from a complete configuration, so it can only be used "
                               "under 'where' and 'derive'",
                               name));
    }
    std::vector<std::string> candidates = names_.slot_names();
    if (use_ != ExpressionUse::condition) {
      for (auto& derived : names_.derived_names())
        candidates.push_back(std::move(derived));
    }
    return Error(errc::unknown_name, fmt::format("'{}' is no name that an expression can use{}",
                                                 name, yaml::suggestion(name, candidates)));
  }

  void append(Expression::Reference reference) {
    auto found = std::find(references_.begin(), references_.end(), reference);
    if (found == references_.end()) {
      references_.push_back(reference);
      found = references_.end() - 1;
    }
    code_ += fmt::format("v{}", found - references_.begin());
  }

  /// A text key must be followed by == or != and one of its values, and nothing may be calculated
  /// with the result's sides.
  Result<void> translate_text_comparison(Slot slot) {
    const Token* op = next(1);
    const Token* literal = next(2);
    const std::string name(names_.name(slot));
    const bool comparable = op != nullptr && (op->text == "==" || op->text == "!=");
    const bool has_text = literal != nullptr && (literal->kind == Token::Kind::name ||
                                                 literal->kind == Token::Kind::text);
    if (!comparable || !has_text || joins_arithmetic(at_)) {
      return fail(errc::bad_expression,
                  fmt::format("'{0}' is text: it can only be compared, as in {0} == {1}", name,
                              names_.key(slot).choices.empty() ? "\"text\""
                                                               : names_.key(slot).choices.front()));
    }
    const auto& choices = names_.key(slot).choices;
    if (!choices.empty() &&
        std::find(choices.begin(), choices.end(), literal->text) == choices.end()) {
      return fail(errc::bad_expression, fmt::format("'{}' is never '{}'{}", name, literal->text,
                                                    yaml::suggestion(literal->text, choices)));
    }
    code_ += fmt::format(" {} {}", op->text, values_.intern(Value(literal->text)));
    compared_.back() = true;
    at_ += 2;
    return {};
  }

  bool joins_arithmetic(std::size_t key) const {
    const auto calculates = [&](std::size_t i) {
      return i < tokens_.size() && (tokens_[i].kind == Token::Kind::arithmetic ||
                                    tokens_[i].kind == Token::Kind::comparison);
    };
    return (key > 0 && calculates(key - 1)) || calculates(key + 3);
  }

  ExpressionUse use_;
  const Names& names_;
  ValueTable& values_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::string code_;
  std::vector<Expression::Reference> references_;
  std::vector<bool> compared_{false};  ///< by depth of parentheses: a comparison stands already
};

void define_functions(mu::Parser& parser) {
  parser.ClearFun();
  parser.ClearConst();
  parser.DefineFun("abs", [](double x) { return std::abs(x); });
  parser.DefineFun("ceil", [](double x) { return std::ceil(x); });
  parser.DefineFun("exp", [](double x) { return std::exp(x); });
  parser.DefineFun("floor", [](double x) { return std::floor(x); });
  parser.DefineFun("ln", [](double x) { return std::log(x); });
  parser.DefineFun("log10", [](double x) { return std::log10(x); });
  parser.DefineFun("log2", [](double x) { return std::log2(x); });
  parser.DefineFun("max", [](double a, double b) { return std::max(a, b); });
  parser.DefineFun("min", [](double a, double b) { return std::min(a, b); });
  parser.DefineFun("round", [](double x) { return std::round(x); });
  parser.DefineFun("sqrt", [](double x) { return std::sqrt(x); });
  parser.DefineOprt("%", remainder_of, mu::prMUL_DIV);
  // Looser than comparisons, so that `not m == 3` means what it says.
  parser.DefineInfixOprt("!", negation, mu::prLOGIC);
}

}  // namespace

struct Expression::Engine {
  mu::Parser parser;
  std::vector<double> inputs;
};

Expression::Expression() : engine_(std::make_unique<Engine>()) {}
Expression::~Expression() = default;

Result<std::shared_ptr<Expression>> Expression::compile(std::string_view text, ExpressionUse use,
                                                        const Names& names, ValueTable& values) {
  auto tokens = tokenize(text);
  if (!tokens) return propagate(tokens);
  Translator translator(use, names, values, std::move(*tokens));
  auto code = translator.translate();
  if (!code) return propagate(code);

  std::shared_ptr<Expression> expression(new Expression);
  expression->text_ = text;
  expression->references_ = translator.references();
  Engine& engine = *expression->engine_;
  engine.inputs.assign(expression->references_.size(), 1.0);
  try {
    define_functions(engine.parser);
    for (std::size_t i = 0; i < engine.inputs.size(); ++i) {
      engine.parser.DefineVar(fmt::format("v{}", i), &engine.inputs[i]);
    }
    engine.parser.SetExpr(*code);
    engine.parser.Eval();  // muParser finds errors of syntax at the first evaluation
    if (engine.parser.GetNumResults() != 1) {
      return fail(errc::bad_expression, "the expression has more than one result");
    }
  } catch (const mu::Parser::exception_type&) {
    return fail(errc::bad_expression, "the expression is not complete or has a part too many");
  }
  return expression;
}

double Expression::evaluate(std::span<const double> inputs) {
  SCANYARD_ASSERT(inputs.size() == engine_->inputs.size(), "one input for each reference");
  std::copy(inputs.begin(), inputs.end(), engine_->inputs.begin());
  return engine_->parser.Eval();
}

std::span<const std::string_view> function_names() {
  return functions;
}

}  // namespace scanyard::spec
