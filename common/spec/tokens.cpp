#include "common/spec/tokens.hpp"

#include <fmt/format.h>

#include <optional>

#include "common/spec/errc.hpp"

namespace scanyard::spec {
namespace {

constexpr std::size_t expression_length_max = 1000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Characters of the number that starts at `at`: digits, a fraction, an exponent.
std::size_t number_length(std::string_view text, std::size_t at) {
  std::size_t i = at;
  const auto skip_digits = [&] {
    while (i < text.size() && is_digit(text[i]))
      ++i;
  };
  skip_digits();
  if (i < text.size() && text[i] == '.') ++i;
  skip_digits();
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    std::size_t exponent = i + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (exponent < text.size() && is_digit(text[exponent])) {
      i = exponent;
      skip_digits();
    }
  }
  return i - at;
}

struct Symbol {
  std::string_view text;
  Token::Kind kind;
  std::string_view becomes;
};

// Longer ones first, so that "<=" is not read as "<".
constexpr Symbol symbols[] = {
    {"<=", Token::Kind::comparison, "<="}, {">=", Token::Kind::comparison, ">="},
    {"==", Token::Kind::comparison, "=="}, {"!=", Token::Kind::comparison, "!="},
    {"&&", Token::Kind::logic, "and"},     {"||", Token::Kind::logic, "or"},
    {"<", Token::Kind::comparison, "<"},   {">", Token::Kind::comparison, ">"},
    {"+", Token::Kind::arithmetic, "+"},   {"-", Token::Kind::arithmetic, "-"},
    {"*", Token::Kind::arithmetic, "*"},   {"/", Token::Kind::arithmetic, "/"},
    {"%", Token::Kind::arithmetic, "%"},   {"^", Token::Kind::arithmetic, "^"},
    {"(", Token::Kind::open, "("},         {")", Token::Kind::close, ")"},
    {",", Token::Kind::comma, ","},        {"?", Token::Kind::choice, "?"},
    {":", Token::Kind::choice, ":"},
};

/// What people write from habit, with what it is called here.
constexpr std::pair<std::string_view, std::string_view> habits[] = {
    {"**", "use '^' for powers"},
    {"//", "use floor(a / b) for whole division"},
    {"<>", "use '!=' for unequal"},
    {"=<", "use '<='"},
    {"=>", "use '>='"},
};

std::optional<std::string> habit_at(std::string_view rest) {
  for (const auto& [text, advice] : habits) {
    if (rest.starts_with(text)) return fmt::format("'{}' is not an operator; {}", text, advice);
  }
  if (rest.starts_with("==") || rest.starts_with("!=") || rest.starts_with("&&") ||
      rest.starts_with("||")) {
    return std::nullopt;
  }
  switch (rest[0]) {
    case '=':
      return "'=' is not an operator; use '==' to compare";
    case '!':
      return "'!' is not an operator; write 'not'";
    case '&':
      return "'&' is not an operator; write 'and'";
    case '|':
      return "'|' is not an operator; write 'or'";
    default:
      return std::nullopt;
  }
}

Result<Token> quoted(std::string_view rest) {
  const std::size_t end = rest.find(rest[0], 1);
  if (end == std::string_view::npos) {
    return fail(errc::bad_expression, fmt::format("the quote {} is never closed", rest[0]));
  }
  return Token{Token::Kind::text, std::string(rest.substr(1, end - 1))};
}

Token named(std::string_view rest) {
  std::size_t end = 1;
  while (end < rest.size() && (is_name_start(rest[end]) || is_digit(rest[end])))
    ++end;
  std::string text(rest.substr(0, end));
  const bool logic = text == "and" || text == "or" || text == "not";
  return {logic ? Token::Kind::logic : Token::Kind::name, std::move(text)};
}

Result<Token> symbol(std::string_view rest) {
  if (auto advice = habit_at(rest)) return fail(errc::bad_expression, std::move(*advice));
  for (const auto& known : symbols) {
    if (rest.starts_with(known.text)) return Token{known.kind, std::string(known.becomes)};
  }
  std::size_t length = 1;  // of the character, which may take several bytes
  while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0) == 0x80)
    ++length;
  return fail(errc::bad_expression,
              fmt::format("'{}' has no meaning here", rest.substr(0, length)));
}

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view expression) {
  if (expression.size() > expression_length_max) {
    return fail(errc::bad_expression,
                fmt::format("the expression has more than {} characters", expression_length_max));
  }
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < expression.size();) {
    const std::string_view rest = expression.substr(at);
    const char c = rest[0];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (is_digit(c) || (c == '.' && rest.size() > 1 && is_digit(rest[1]))) {
      const std::size_t length = number_length(expression, at);
      tokens.push_back({Token::Kind::number, std::string(rest.substr(0, length))});
      at += length;
    } else if (is_name_start(c)) {
      tokens.push_back(named(rest));
      at += tokens.back().text.size();
    } else if (c == '\'' || c == '"') {
      auto token = quoted(rest);
      if (!token) return propagate(token);
      at += token->text.size() + 2;
      tokens.push_back(std::move(*token));
    } else {
      auto token = symbol(rest);
      if (!token) return propagate(token);
      const bool word = token->kind == Token::Kind::logic;
      at += word ? 2 : token->text.size();
      tokens.push_back(std::move(*token));
    }
  }
  if (tokens.empty()) return fail(errc::bad_expression, "the expression is empty");
  return tokens;
}

std::vector<std::string> names_in(std::string_view expression) {
  std::vector<std::string> names;
  const auto tokens = tokenize(expression);
  if (!tokens) return names;
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    const bool call = i + 1 < tokens->size() && (*tokens)[i + 1].kind == Token::Kind::open;
    if ((*tokens)[i].kind == Token::Kind::name && !call) names.push_back((*tokens)[i].text);
  }
  return names;
}

}  // namespace scanyard::spec
