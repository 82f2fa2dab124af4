#include "common/spec/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/spec/expand.hpp"
#include "common/spec/plan_render.hpp"
#include "common/tables/results_table.hpp"
#include "common/yaml/node.hpp"
#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/known_runs.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/files.hpp"
#include "tasks/catalog/vocabulary.hpp"

namespace scanyard::service::cli {
namespace {

constexpr std::int64_t replicas_default = 32;

class Plan final : public Command {
 public:
  std::string name() const override { return "plan"; }
  std::string summary() const override {
    return "What a sweep would come to: cells, runs, what is done, packs, cost; nothing runs";
  }
  std::string examples() const override {
    return "scanyard plan sweeps/demo.yaml\n"
           "scanyard plan sweeps/demo.yaml --list | head\n"
           "scanyard plan sweeps/permutation_s5.yaml --slots 8 --gflops 20\n"
           "scanyard plan sweeps/demo.yaml --json --database backup.db";
  }
  void declare(Options& options) override {
    options.required("file", file_, "The sweep's spec");
    options.flag("--json", json_, "Print as JSON");
    options.flag("--list", list_,
                 "Print the runs one a line: id, state and the keys that differ; with "
                 "--json everything");
    options.text("--database", database_, "Ask this file for what is done");
    options.integer("--slots", slots_,
                    "Slots that would work (else those of the workers connected)", 1, 1'000'000);
    options.integer("--replicas", replicas_,
                    "Runs that a slot trains together (else what the workers say, else 32)", 1,
                    4096);
    options.text("--gflops", gflops_,
                 "Speed of a slot in 1e9 operations a second (else measured on done runs)");
    options.integer("--runs-max", runs_max_, "Refuse a spec with more runs", 1, 100'000'000);
  }
  ExitCode run(const Globals& globals) override {
    auto text = read_text_file(file_, yaml::bytes_max);
    if (!text) return report(text.error());
    const spec::ExpandOptions limits{.runs_max = static_cast<std::uint64_t>(runs_max_)};
    auto expansion = spec::expand(*text, file_, catalog::vocabulary(), limits);
    if (!expansion) return report(expansion.error());
    auto known = ask_known_runs(globals, database_, *expansion);
    if (!known) return report(known.error());
    if (list_) {
      const auto write = [](std::string_view line) {
        std::fwrite(line.data(), 1, line.size(), stdout);
      };
      (json_ ? spec::list_runs_json : spec::list_runs_text)(*expansion, known->runs, write);
      return ExitCode::ok;
    }
    spec::PlanOptions options = options_for(*known);
    if (!gflops_.empty()) {
      char* end = nullptr;
      options.flops_per_s = 1e9 * std::strtod(gflops_.c_str(), &end);
      if (*end != '\0' || !(options.flops_per_s > 0) || !std::isfinite(options.flops_per_s)) {
        return report(
            Error(errc::bad_usage, fmt::format("--gflops '{}' is no positive number", gflops_)));
      }
    }
    const auto plan = spec::make_plan(*expansion, known->runs, std::move(options));
    if (json_) {
      fmt::print("{}", spec::plan_json(plan));
    } else {
      print(plan);
    }
    return ExitCode::ok;
  }

 private:
  static void print(const spec::Plan& plan) {
    fmt::print("{}", spec::plan_text(plan));
    print_wrapped("", tables::protocol_text(plan.selection), "  ");
    if (plan.options.known_from.empty()) {
      fmt::print(
          "Name a coordinator (--home, --join) or a file (--database) to ask what is done.\n");
    }
  }

  spec::PlanOptions options_for(const KnownRuns& known) const {
    spec::PlanOptions options;
    options.source = file_;
    options.slots = slots_.value_or(std::max<std::int64_t>(1, known.slots));
    options.max_replicas =
        replicas_.value_or(known.replicas_max > 0 ? known.replicas_max : replicas_default);
    options.memory_bytes = known.memory_bytes;
    options.flops_per_s = known.flops_per_s;
    options.known_from = known.from;
    options.sweep_names = known.sweep_names;
    return options;
  }

  std::string file_, database_, gflops_;
  std::optional<std::int64_t> slots_, replicas_;
  std::int64_t runs_max_ = static_cast<std::int64_t>(spec::ExpandOptions{}.runs_max);
  bool json_ = false;
  bool list_ = false;
};

}  // namespace

std::unique_ptr<Command> make_plan() {
  return std::make_unique<Plan>();
}

}  // namespace scanyard::service::cli
