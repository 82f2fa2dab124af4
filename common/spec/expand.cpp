#include "common/spec/expand.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/spec/enumerate.hpp"
#include "common/spec/errc.hpp"
#include "common/spec/parse.hpp"
#include "common/spec/run_collector.hpp"
#include "common/text.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {
namespace {

/// A file may name this many times as many combinations as runs before equal ones are looked for.
constexpr std::uint64_t duplication_max = 10;

std::string grouped(std::uint64_t count) {
  return with_thousands(static_cast<long long>(count));
}

class Expander {
 public:
  Expander(SpecDocument& document, const ExpandOptions& options)
      : document_(document),
        options_(options),
        limit_(std::min(options.runs_max, document.limit.value_or(options.runs_max))),
        shapes_(document),
        counts_(document.ids) {}

  Result<Expansion> expand() {
    auto blocks = resolve(document_);
    if (!blocks) return propagate(blocks);
    auto combinations = count(*blocks);
    if (!combinations) return propagate(combinations);
    if (auto done = check_everything_has_effect(); !done) return propagate(done);
    if (*combinations > limit_) {
      if (auto done = check_distinct(*blocks, *combinations); !done) return propagate(done);
    }
    return build(*blocks, std::min(*combinations, limit_));
  }

 private:
  /// Counts what passes, without keeping any of it.
  Result<std::uint64_t> count(const std::vector<ResolvedBlock>& blocks) {
    const std::uint64_t enough =
        limit_ > points_cap / duplication_max ? points_cap : limit_ * duplication_max;
    CountingSink sink(enough);
    std::uint64_t visits_left = options_.combinations_max;
    for (const auto& block : blocks) {
      const std::uint64_t before = sink.total();
      FilterCounts counts(document_.ids);
      Enumeration enumeration(document_, block, shapes_, counts, sink);
      if (auto done = enumeration.run(visits_left); !done) return propagate(done);
      if (enumeration.is_cut()) {
        return over_limit(
            fmt::format("more than {} combinations", grouped(options_.combinations_max)));
      }
      if (sink.is_full())
        return over_limit(fmt::format("at least {} combinations", grouped(sink.total())));
      visits_left = enumeration.visits_left();
      if (sink.total() == before) return nothing_left(block, counts);
      for (std::size_t id = 0; id < counts.met.size(); ++id) {
        counts_.met[id] += counts.met[id];
        counts_.removed[id] += counts.removed[id];
      }
    }
    return sink.total();
  }

  tl::unexpected<Error> over_limit(const std::string& named) const {
    const bool own = document_.limit && *document_.limit <= options_.runs_max;
    return yaml::fail_at(errc::over_limit, document_.source, own ? document_.limit_line : 1,
                         fmt::format("the spec names {}; {} is {} runs", named,
                                     own ? "its own limit" : "the limit", grouped(limit_)));
  }

  tl::unexpected<Error> nothing_left(const ResolvedBlock& block, const FilterCounts& counts) const {
    std::vector<std::string> causes;
    int line = block.include_line > 0 ? block.include_line : block.line;
    for (const Exclude* exclude : block.excludes) {
      if (counts.removed[exclude->id] == 0) continue;
      causes.push_back(fmt::format("'exclude' in line {}", exclude->line));
      line = exclude->line;
    }
    for (const Constraint* constraint : block.constraints) {
      if (counts.removed[constraint->id] == 0) continue;
      causes.push_back(
          fmt::format("'where' in line {} ({})", constraint->line, constraint->expression->text()));
      line = constraint->line;
    }
    const std::string what = block.include_line > 0
                                 ? fmt::format("the 'include' in line {}", block.include_line)
                                 : fmt::format("'{}'", block.name);
    return yaml::fail_at(errc::empty_expansion, document_.source, line,
                         fmt::format("nothing is left of {}: every combination is removed by {}",
                                     what, fmt::join(causes, " or ")));
  }

  /// A clause that meets nothing is most likely a slip, and what it should have done would be done
  /// differently without a word.
  Result<void> check_everything_has_effect() const {
    if (auto done = check_has_effect(document_.shared); !done) return done;
    for (const auto& block : document_.blocks) {
      if (auto done = check_has_effect(block); !done) return done;
    }
    return {};
  }

  Result<void> check_has_effect(const BlockSpec& block) const {
    const auto idle = [&](int line, const std::string& message) {
      return yaml::fail_at(errc::matches_nothing, document_.source, line, message);
    };
    for (const auto& when : block.whens) {
      if (counts_.met[when.id] == 0) return idle(when.line, "no combination meets this 'when'");
    }
    for (const auto& exclude : block.excludes) {
      if (counts_.met[exclude.id] > 0) continue;
      return idle(exclude.line, "this 'exclude' matches no combination that is left at this point");
    }
    for (const auto& constraint : block.constraints) {
      if (counts_.met[constraint.id] > 0) continue;
      return idle(constraint.line,
                  fmt::format("'where' is '{}', but no combination has all of these values",
                              constraint.expression->text()));
    }
    return {};
  }

  Result<void> check_distinct(const std::vector<ResolvedBlock>& blocks,
                              std::uint64_t combinations) {
    DistinctSink sink(document_, limit_);
    if (auto done = walk(blocks, sink, [](const ResolvedBlock&) {}); !done) return done;
    // The shapes' indices were given by this sink's list, which ends here.
    shapes_.clear();
    if (!sink.is_full()) return {};
    return over_limit(fmt::format("{} combinations, which are more than {} different runs",
                                  grouped(combinations), grouped(limit_)));
  }

  Result<void> walk(const std::vector<ResolvedBlock>& blocks, CombinationSink& sink,
                    auto&& before_block) {
    for (const auto& block : blocks) {
      before_block(block);
      FilterCounts counts(document_.ids);
      Enumeration enumeration(document_, block, shapes_, counts, sink);
      if (auto done = enumeration.run(options_.combinations_max); !done) return done;
      if (sink.is_full()) break;
    }
    return {};
  }

  Result<Expansion> build(const std::vector<ResolvedBlock>& blocks, std::uint64_t combinations) {
    Expansion expansion;
    expansion.name = document_.name;
    expansion.description = document_.description;
    expansion.selection = document_.selection;
    expansion.layout = document_.layout;
    for (const auto& block : blocks) {
      if (block.include_line > 0) continue;
      expansion.blocks.push_back({block.name, block.line});
    }
    RunCollector collector(document_, expansion, combinations);
    auto done = walk(blocks, collector,
                     [&](const ResolvedBlock& block) { collector.start_block(block.block); });
    if (!done) return propagate(done);
    if (auto fits = check_table(collector.cells()); !fits) return propagate(fits);
    collector.finish();
    return expansion;
  }

  Result<void> check_table(const CellTable& cells) const {
    for (const auto* list : {&document_.layout.rows, &document_.layout.columns}) {
      for (const auto& name : *list) {
        const Slot slot = *document_.names.slot(name);
        if (cells.is_used(slot)) continue;
        const std::string why = cells.has(slot)
                                    ? "no run has it"
                                    : "each number of the table is the best or the mean "
                                      "over it (see 'select')";
        return yaml::fail_at(errc::bad_table, document_.source, document_.table_line,
                             fmt::format("'table' names '{}', but {}", name, why));
      }
    }
    return {};
  }

  SpecDocument& document_;
  const ExpandOptions& options_;
  std::uint64_t limit_;
  ShapeCache shapes_;
  FilterCounts counts_;
};

}  // namespace

Result<Expansion> expand(std::string_view yaml, const std::string& source_name,
                         const Vocabulary& vocabulary, const ExpandOptions& options) {
  auto document = parse_spec(yaml, source_name, vocabulary);
  if (!document) return propagate(document);
  return Expander(*document, options).expand();
}

}  // namespace scanyard::spec
