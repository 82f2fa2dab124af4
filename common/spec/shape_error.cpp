#include "common/spec/shape_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/spec/shape_cache.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {
namespace {

/// Part of the contract of Vocabulary::complete; common/ knows no header of the catalog.
constexpr ErrorCode inapplicable_key{"catalog.inapplicable_key"};

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool mentions(std::string_view message, std::string_view word) {
  for (std::size_t at = message.find(word); at != message.npos; at = message.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_word_character(message[at - 1]);
    const bool ends = end == message.size() || !is_word_character(message[end]);
    if (starts && ends) return true;
  }
  return false;
}

/// The key without which the vocabulary no longer says this.
std::optional<Slot> find_inapplicable(const Error& error, const SpecDocument& document,
                                      const Combination& combination) {
  const Names& names = document.names;
  for (Slot slot = 0; slot < names.key_count(); ++slot) {
    if (combination.values[slot] == unset) continue;
    std::vector<ValueId> values = combination.values;
    values[slot] = unset;
    Assignment assignment = assignment_of(values, names.key_count(), document.values);
    const auto done = names.vocabulary().complete(assignment);
    const bool other =
        done || done.error().code() != error.code() || done.error().message() != error.message();
    if (other && mentions(error.message(), names.name(slot))) return slot;
  }
  return std::nullopt;
}

/// The line of the latest key that the message mentions: where a person would look first.
int line_to_blame(const Error& error, const SpecDocument& document, const ResolvedBlock& block,
                  const Combination& combination) {
  int line = 0;
  for (Slot slot = 0; slot < document.names.key_count(); ++slot) {
    if (combination.values[slot] == unset) continue;
    if (!mentions(error.message(), document.names.name(slot))) continue;
    line = std::max(line, combination.lines[slot]);
  }
  if (line > 0) return line;
  return block.include_line > 0 ? block.include_line : block.line;
}

}  // namespace

Error locate_shape_error(const Error& error, const SpecDocument& document,
                         const ResolvedBlock& block, const Combination& combination,
                         const std::vector<Slot>& varying) {
  int line = line_to_blame(error, document, block, combination);
  std::string advice;
  if (error.code() == inapplicable_key) {
    if (const auto slot = find_inapplicable(error, document, combination)) {
      line = combination.lines[*slot];
      advice = fmt::format("; put '{}' under a 'when' that holds only where it applies",
                           document.names.name(*slot));
    }
  }
  const std::string where = describe(combination, varying, document.names, document.values);
  return yaml::error_at(error.code(), document.source, line,
                        fmt::format("{}{}{}", error.message(), advice,
                                    where.empty() ? "" : fmt::format(" (at {})", where)));
}

}  // namespace scanyard::spec
