#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/text.hpp"
#include "common/yaml/node.hpp"
#include "coordinator/service/cli/commands.hpp"
#include "coordinator/service/cli/session.hpp"
#include "coordinator/service/counted.hpp"
#include "coordinator/service/files.hpp"

namespace scanyard::service::cli {
namespace {

class Submit final : public Command {
 public:
  std::string name() const override { return "submit"; }
  std::string summary() const override { return "Hand a sweep to the coordinator"; }
  std::string examples() const override {
    return "scanyard submit sweeps/demo.yaml\n"
           "scanyard submit sweeps/demo.yaml --json";
  }
  void declare(Options& options) override {
    options.required("file", file_, "The sweep's spec");
    options.flag("--json", json_, "Print the answer as JSON");
  }
  ExitCode run(const Globals& globals) override {
    auto text = read_text_file(file_, yaml::bytes_max);
    if (!text) return report(text.error());
    auto answer = ask(globals, protocol::SubmitRequest{std::move(*text), file_});
    if (!answer) return report(answer.error());
    if (json_) {
      print_json(*answer);
    } else {
      print(*answer);
    }
    return ExitCode::ok;
  }

 private:
  static std::string count(const nlohmann::ordered_json& answer, const char* key) {
    return with_thousands(answer.value(key, std::int64_t{0}));
  }
  static void print(const nlohmann::ordered_json& answer) {
    const auto sweep = answer.value("sweep", std::int64_t{0});
    fmt::print("Sweep {} ({}): {}, {} new, {} done already", sweep,
               answer.value("name", std::string()),
               counted(answer.value("runs", std::int64_t{0}), "run"), count(answer, "new"),
               count(answer, "done"));
    if (answer.value("open", std::int64_t{0}) > 0)
      fmt::print(", {} open already for other sweeps", count(answer, "open"));
    fmt::print("\n");
    fmt::print("Next: scanyard watch {}\n", sweep);
  }

  std::string file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_submit() {
  return std::make_unique<Submit>();
}

}  // namespace scanyard::service::cli
