#include "common/yaml/strict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text.hpp"
#include "common/yaml/errc.hpp"

namespace scanyard::yaml {

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  if (const auto near = nearest(word, candidates))
    return fmt::format("; did you mean '{}'?", *near);
  if (candidates.empty()) return "; nothing is valid here";
  std::vector<std::string> sorted = candidates;
  std::sort(sorted.begin(), sorted.end());
  return fmt::format("; valid here: {}", fmt::join(sorted, ", "));
}

Mapping::Mapping(const Document& document) : Mapping(document.source, document.root, "") {}

Mapping::Mapping(const std::string& source, const Node& node, std::string path)
    : source_(source), node_(node), path_(std::move(path)) {
  const bool empty_file = node.is_null() && path_.empty();
  if (node.is_mapping() || empty_file) return;
  const std::string what = path_.empty() ? "the file" : fmt::format("'{}'", path_);
  keep(node.line,
       error_at(errc::wrong_type, source_, node.line,
                fmt::format("{} must be a mapping (key: value), not {}", what, describe(node))));
}

void Mapping::keep(int line, Error error) {
  if (error_ && error_line_ <= line) return;
  error_ = std::move(error);
  error_line_ = line;
}

const Node* Mapping::ask(std::string_view key) {
  asked_.emplace_back(key);
  return node_.find(key);
}

void Mapping::note(const Node& where, const Result<void>& outcome) {
  if (!outcome) keep(where.line, outcome.error());
}

Place Mapping::place(std::string_view key) const {
  return {source_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key)};
}

void Mapping::choice(std::string_view key, std::string& target,
                     const std::vector<std::string>& choices) {
  const Node* node = ask(key);
  if (node == nullptr) return;
  const auto done = read(*node, place(key), target);
  note(*node, done);
  if (!done || std::find(choices.begin(), choices.end(), target) != choices.end()) return;
  keep(node->line, error_at(errc::out_of_range, source_, node->line,
                            fmt::format("'{}' cannot be '{}'{}", place(key).key, target,
                                        suggestion(target, choices))));
}

void Mapping::read_section(const Node& node, std::string path,
                           const std::function<void(Mapping&)>& read) {
  Mapping part(source_, node, std::move(path));
  if (!part.error_) read(part);
  if (const auto done = part.finish(); !done) keep(part.error_line_, done.error());
}

void Mapping::section(std::string_view key, const std::function<void(Mapping&)>& read) {
  if (const Node* node = ask(key)) read_section(*node, place(key).key, read);
}

void Mapping::list(std::string_view key, const std::function<void(Mapping&)>& read) {
  const Node* node = ask(key);
  if (node == nullptr) return;
  if (!node->is_sequence()) return note(*node, not_a_list(*node, place(key)));
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    read_section(node->items[i], fmt::format("{}[{}]", place(key).key, i), read);
  }
}

Result<void> Mapping::not_a_list(const Node& node, const Place& place) {
  return fail_at(
      errc::wrong_type, place.source, node.line,
      fmt::format("'{}' must be a list, such as [a, b], not {}", place.key, describe(node)));
}

void Mapping::note_missing(std::string_view key) {
  keep(node_.line, error_at(errc::missing_key, source_, node_.line,
                            fmt::format("'{}' is missing", place(key).key)));
}

void Mapping::note_out_of_range(const Node& node, std::string_view key, double minimum,
                                double maximum) {
  keep(node.line,
       error_at(errc::out_of_range, source_, node.line,
                fmt::format("'{}' must be from {} to {}, not {}", place(key).key,
                            canonical_number(minimum), canonical_number(maximum), describe(node))));
}

Result<void> Mapping::finish() {
  for (const auto& entry : node_.entries) {
    if (std::find(asked_.begin(), asked_.end(), entry.key) != asked_.end()) continue;
    const std::string where = path_.empty() ? "" : fmt::format(" under '{}'", path_);
    keep(entry.line, error_at(errc::unknown_key, source_, entry.line,
                              fmt::format("unknown key '{}'{}{}", entry.key, where,
                                          suggestion(entry.key, asked_))));
  }
  if (error_) return tl::unexpected<Error>(*error_);
  return {};
}

}  // namespace scanyard::yaml
