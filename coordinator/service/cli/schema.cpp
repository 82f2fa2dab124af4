#include "common/spec/schema.hpp"

#include <fmt/format.h>

#include "coordinator/service/cli/commands.hpp"
#include "tasks/catalog/vocabulary.hpp"

namespace scanyard::service::cli {
namespace {

class Schema final : public Command {
 public:
  std::string name() const override { return "schema"; }
  std::string summary() const override {
    return "The grammar of sweep files as JSON Schema, for editors";
  }
  std::string examples() const override {
    return "scanyard schema > sweep.schema.json\n"
           "# then, as the first line of a sweep file: # yaml-language-server: "
           "$schema=sweep.schema.json";
  }
  void declare(Options&) override {}
  ExitCode run(const Globals&) override {
    fmt::print("{}", spec::json_schema(catalog::vocabulary()));
    return ExitCode::ok;
  }
};

}  // namespace

std::unique_ptr<Command> make_schema() {
  return std::make_unique<Schema>();
}

}  // namespace scanyard::service::cli
