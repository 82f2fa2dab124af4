#include "common/spec/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/assert.hpp"
#include "common/spec/errc.hpp"
#include "common/spec/grammar.hpp"
#include "common/spec/selection_reader.hpp"
#include "common/spec/settings_reader.hpp"
#include "common/spec/tokens.hpp"
#include "common/yaml/errc.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::spec {
namespace {

/// Finds the helpers before anything is read: names that values are given to, that are no keys, and
/// that a `derive` uses.
class HelperFinder {
 public:
  explicit HelperFinder(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  std::vector<std::string> find(const yaml::Node& root) {
    visit(root);
    std::vector<std::string> helpers;
    std::set_intersection(set_.begin(), set_.end(), used_.begin(), used_.end(),
                          std::back_inserter(helpers));
    return helpers;
  }

 private:
  void visit(const yaml::Node& node) {
    for (const auto& item : node.items)
      visit(item);
    for (const auto& entry : node.entries) {
      visit(entry.value);
      if (entry.key == "derive") add_used(entry.value);
      const bool sets = entry.key == "fixed" || entry.key == "grid" || entry.key == "zip" ||
                        entry.key == "derive" || entry.key == "include";
      if (sets) add_set(entry.value);
    }
  }

  void add_used(const yaml::Node& derive) {
    for (const auto& entry : derive.entries) {
      if (!entry.value.is_scalar()) continue;
      for (auto& name : names_in(entry.value.text))
        used_.insert(std::move(name));
    }
  }

  void add_set(const yaml::Node& node) {
    for (const auto& item : node.items)
      add_set(item);
    for (const auto& entry : node.entries) {
      if (!vocabulary_.find(entry.key)) set_.insert(entry.key);
    }
  }

  const Vocabulary& vocabulary_;
  std::set<std::string> set_;
  std::set<std::string> used_;
};

/// "sweeps/s5.yaml" -> "s5".
std::string stem_of(const std::string& source_name) {
  const std::size_t slash = source_name.find_last_of('/');
  std::string name = slash == std::string::npos ? source_name : source_name.substr(slash + 1);
  const std::size_t dot = name.find_last_of('.');
  if (dot != std::string::npos && dot > 0) name.resize(dot);
  return name.empty() ? "sweep" : name;
}

class Parser {
 public:
  Parser(SpecDocument& document, const yaml::Node& root)
      : document_(document),
        root_(root),
        reader_{document.source, document.names, document.values},
        settings_(reader_) {}

  Result<void> parse() {
    document_.name = stem_of(document_.source);
    if (auto done = read_protocol(); !done) return done;
    // Helpers and the protocol are known now, so the order of keys in the file plays no role.
    if (auto done = read_constructs(root_, in_file, document_.shared); !done) return done;
    document_.shared.name = document_.name;
    return {};
  }

 private:
  tl::unexpected<Error> unknown(const yaml::Entry& entry, Place place, const std::string& where) {
    std::string hint = yaml::suggestion(entry.key, construct_keys(place));
    if (document_.names.slot(entry.key)) {
      hint = fmt::format("; put it under 'fixed' or 'grid'");
    } else if (find_construct(entry.key, in_file) != nullptr) {
      hint = fmt::format("; it can only stand at the top of the file");
    }
    return yaml::fail_at(yaml::errc::unknown_key, document_.source, entry.line,
                         fmt::format("unknown key '{}'{}{}", entry.key, where, hint));
  }

  Result<void> read_constructs(const yaml::Node& node, Place place, BlockSpec& block) {
    for (const auto& entry : node.entries) {
      const Construct* construct = find_construct(entry.key, place);
      if (construct == nullptr) return unknown(entry, place, place == in_file ? "" : " in a block");
      if (auto done = read_construct(*construct, entry, place, block); !done) return done;
    }
    return {};
  }

  Result<void> read_construct(const Construct& construct, const yaml::Entry& entry, Place place,
                              BlockSpec& block) {
    const yaml::Node& node = entry.value;
    switch (construct.form) {
      case Form::text:
        return read_text(entry, place == in_block         ? block.name
                                : construct.key == "name" ? document_.name
                                                          : document_.description);
      case Form::run_limit:
        return read_limit(entry);
      case Form::preset:
        return {};  // read before everything else
      case Form::fixed:
      case Form::grid:
      case Form::zip:
      case Form::derive:
      case Form::seeds:
        return settings_.read(construct.form, node, block.settings);
      case Form::whens:
        return read_whens(node, block);
      case Form::constraints:
        return read_constraints(node, block);
      case Form::excludes:
        return read_excludes(node, block);
      case Form::includes:
        return read_includes(node, block);
      case Form::selection:
        return {};  // read with the protocol
      case Form::table:
        return read_layout(entry);
      case Form::blocks:
        return read_blocks(node);
      case Form::condition:
        break;
    }
    SCANYARD_ASSERT(false, "a condition stands only in a 'when'");
  }

  Result<void> read_text(const yaml::Entry& entry, std::string& text) {
    std::string read;
    if (auto done = yaml::read_scalar(entry.value, {document_.source, entry.key}, read); !done) {
      return done;
    }
    const std::size_t end = read.find_last_not_of(" \n\r\t");
    read.resize(end == std::string::npos ? 0 : end + 1);
    const bool is_name = entry.key == "name";
    if (is_name &&
        (read.empty() || read.size() > name_length_max || read.find('\n') != std::string::npos)) {
      return yaml::fail_at(
          errc::bad_value, document_.source, entry.line,
          fmt::format("'name' must be one line of 1 to {} characters", name_length_max));
    }
    text = std::move(read);
    return {};
  }

  Result<void> read_limit(const yaml::Entry& entry) {
    std::int64_t limit = 0;
    if (auto done = yaml::read_scalar(entry.value, {document_.source, "limit"}, limit); !done) {
      return done;
    }
    if (limit < 1) {
      return yaml::fail_at(errc::bad_value, document_.source, entry.line,
                           fmt::format("'limit' must be at least 1, not {}", limit));
    }
    document_.limit = std::uint64_t(limit);
    document_.limit_line = entry.line;
    return {};
  }

  Result<void> read_protocol() {
    document_.selection = default_selection(document_.names.vocabulary());
    if (const yaml::Node* node = root_.find("protocol")) {
      std::string name;
      if (auto done = yaml::read_scalar(*node, {document_.source, "protocol"}, name); !done) {
        return done;
      }
      if (auto done = find_preset(name, node->line); !done) return done;
      if (auto done = apply_preset(node->line); !done) return done;
    }
    const yaml::Node* select = root_.find("select");
    if (select == nullptr) return {};
    const Selection of_preset = document_.selection;
    auto done = read_selection(document_.source, *select, document_.names, document_.selection);
    if (document_.selection != of_preset) document_.selection.name.clear();
    return done;
  }

  Result<void> find_preset(const std::string& name, int line) {
    std::vector<std::string> known;
    for (const auto& preset : document_.names.vocabulary().presets()) {
      if (preset.name == name) document_.preset = &preset;
      known.push_back(preset.name);
    }
    if (document_.preset != nullptr) return {};
    return yaml::fail_at(
        errc::unknown_preset, document_.source, line,
        fmt::format("there is no protocol '{}'{}", name, yaml::suggestion(name, known)));
  }

  /// The vocabulary's own texts are programs' data, but they go through the same checks.
  Result<void> apply_preset(int line) {
    const Preset& preset = *document_.preset;
    for (const auto& [name, value] : preset.values) {
      const auto slot = document_.names.slot(name);
      SCANYARD_ASSERT(slot && !document_.names.is_helper(*slot), "a preset sets keys of a run");
      document_.preset_values.push_back({*slot, line, document_.values.intern(value)});
    }
    const std::string source = fmt::format("protocol '{}'", preset.name);
    auto yaml = yaml::parse(preset.selection_yaml, source);
    if (!yaml) return propagate(yaml);
    if (yaml->root.is_null()) return {};
    document_.selection = Selection{};
    auto done = read_selection(source, yaml->root, document_.names, document_.selection);
    document_.selection.name = preset.name;
    return done;
  }

  Result<void> read_layout(const yaml::Entry& entry) {
    auto layout = read_table(document_.source, entry.value, document_.names);
    if (!layout) return propagate(layout);
    document_.layout = std::move(*layout);
    document_.table_line = entry.line;
    return {};
  }

  /// A construct whose items are scalars or mappings may be a single one of them.
  static std::vector<const yaml::Node*> items_of(const yaml::Node& node) {
    if (!node.is_sequence()) return {&node};
    std::vector<const yaml::Node*> items;
    for (const auto& item : node.items)
      items.push_back(&item);
    return items;
  }

  Result<void> read_whens(const yaml::Node& node, BlockSpec& block) {
    for (const yaml::Node* item : items_of(node)) {
      When when;
      when.id = document_.ids++;
      when.line = item->line;
      if (!item->is_mapping() || item->find("if") == nullptr) {
        return yaml::fail_at(
            yaml::errc::missing_key, document_.source, item->line,
            "'when' is a list of clauses, each with 'if' and what holds then, as in: "
            "- {if: {model: lstm}, fixed: {hidden: 64}}");
      }
      for (const auto& entry : item->entries) {
        const Construct* construct = find_construct(entry.key, in_when);
        if (construct == nullptr) return unknown(entry, in_when, " under 'when'");
        if (construct->form == Form::condition) {
          auto condition = settings_.read_condition(entry.value, "if");
          if (!condition) return propagate(condition);
          when.condition = std::move(*condition);
        } else if (auto done = settings_.read(construct->form, entry.value, when.settings); !done) {
          return done;
        }
      }
      block.whens.push_back(std::move(when));
    }
    return {};
  }

  Result<void> read_constraints(const yaml::Node& node, BlockSpec& block) {
    for (const yaml::Node* item : items_of(node)) {
      auto expression = settings_.read_expression(*item, "where", ExpressionUse::constraint);
      if (!expression) return propagate(expression);
      if ((*expression)->references().empty()) {
        return yaml::fail_at(
            errc::bad_expression, document_.source, item->line,
            fmt::format("'where' is '{}', which depends on nothing", (*expression)->text()));
      }
      block.constraints.push_back({document_.ids++, item->line, std::move(*expression)});
    }
    return {};
  }

  Result<void> read_excludes(const yaml::Node& node, BlockSpec& block) {
    for (const yaml::Node* item : items_of(node)) {
      auto condition = settings_.read_condition(*item, "exclude");
      if (!condition) return propagate(condition);
      block.excludes.push_back({document_.ids++, item->line, std::move(*condition)});
    }
    return {};
  }

  Result<void> read_includes(const yaml::Node& node, BlockSpec& block) {
    for (const yaml::Node* item : items_of(node)) {
      auto settings = settings_.read_include(*item);
      if (!settings) return propagate(settings);
      block.includes.push_back({item->line, std::move(*settings)});
    }
    return {};
  }

  Result<void> read_blocks(const yaml::Node& node) {
    if (!node.is_sequence() || node.items.empty()) {
      return yaml::fail_at(yaml::errc::wrong_type, document_.source, node.line,
                           fmt::format("'blocks' must be a list of blocks, not {}",
                                       node.is_sequence() ? "empty" : yaml::describe(node)));
    }
    if (node.items.size() > blocks_max) {
      return yaml::fail_at(errc::over_limit, document_.source, node.line,
                           fmt::format("a file has at most {} blocks", blocks_max));
    }
    for (const auto& item : node.items) {
      if (!item.is_mapping()) {
        return yaml::fail_at(yaml::errc::wrong_type, document_.source, item.line,
                             fmt::format("a block is a mapping, not {}", yaml::describe(item)));
      }
      BlockSpec block;
      block.line = item.line;
      block.name = fmt::format("block {}", document_.blocks.size() + 1);
      if (auto done = read_constructs(item, in_block, block); !done) return done;
      document_.blocks.push_back(std::move(block));
    }
    return {};
  }

  SpecDocument& document_;
  const yaml::Node& root_;
  ValueReader reader_;
  SettingsReader settings_;
};

}  // namespace

Result<SpecDocument> parse_spec(std::string_view yaml, const std::string& source_name,
                                const Vocabulary& vocabulary) {
  auto tree = yaml::parse(yaml, source_name);
  if (!tree) return propagate(tree);
  if (tree->root.is_null()) {
    return yaml::fail_at(errc::empty_file, source_name, 1,
                         "the file says nothing; a sweep needs at least 'fixed' or 'grid'");
  }
  if (!tree->root.is_mapping()) {
    return yaml::fail_at(
        yaml::errc::wrong_type, source_name, tree->root.line,
        fmt::format("a spec must be a mapping (key: value), not {}", yaml::describe(tree->root)));
  }
  SpecDocument document{source_name, Names(vocabulary, HelperFinder(vocabulary).find(tree->root))};
  if (auto done = Parser(document, tree->root).parse(); !done) return propagate(done);
  return document;
}

}  // namespace scanyard::spec
