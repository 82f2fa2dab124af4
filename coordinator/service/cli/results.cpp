#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/errc.hpp"

namespace scanyard::service::cli {
namespace {

class Results final : public Command {
 public:
  std::string name() const override { return "results"; }
  std::string summary() const override {
    return "A sweep's best-of-seeds table, with published values beside it";
  }
  std::string examples() const override {
    return "scanyard results 3\n"
           "scanyard results s5_small --csv > s5.csv\n"
           "scanyard results 3 --json";
  }
  void declare(Options& options) override {
    options.required("sweep", request_.sweep, "Number or name");
    options.flag("--csv", csv_, "Print one line a cell, for spreadsheets");
    options.flag("--json", json_, "Print as JSON");
  }
  ExitCode run(const Globals& globals) override {
    using Form = protocol::ResultsRequest::Form;
    if (csv_ && json_) return report(Error(errc::bad_usage, "choose one of --csv and --json"));
    request_.form = csv_ ? Form::csv : json_ ? Form::json : Form::text;
    request_.width_columns = std::max(40, terminal_width());
    auto answer = ask(globals, request_);
    if (!answer) return report(answer.error());
    const auto text = answer->value("table", std::string());
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
    return ExitCode::ok;
  }

 private:
  protocol::ResultsRequest request_;
  bool csv_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_results() {
  return std::make_unique<Results>();
}

}  // namespace scanyard::service::cli
