#include "tasks/training/trainer/standalone.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/build_info.hpp"
#include "common/text.hpp"
#include "tasks/training/errc.hpp"
#include "tasks/training/trainer/session.hpp"

namespace scanyard::training {
namespace {

namespace lines = trainer_lines;

/// The number of a run on the command line, from 1, as an id; ids of real runs are hashes.
RunId id_of(std::size_t number) {
  RunId id;
  for (std::size_t i = 0; i < sizeof number; ++i)
    id.bytes[id.bytes.size() - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

std::size_t number_of(const RunId& run) {
  std::size_t number = 0;
  for (const std::uint8_t byte : run.bytes)
    number = number << 8 | byte;
  return number;
}

std::string point_text(const EpochPoint& point) {
  return fmt::format(
      "epoch {:4}  step {:7}  loss {:.4f}  accuracy {:.4f}  micro {:.4f}  "
      "perplexity {:.5g}",
      point.epoch, point.step, point.train_loss, point.test_accuracy, point.test_micro_accuracy,
      point.test_perplexity);
}

std::string result_text(const lines::Finished& finished) {
  const RunOutcome& outcome = finished.outcome;
  const char* const how = outcome.diverged ? "diverged" : (outcome.solved ? "solved" : "finished");
  std::string text =
      fmt::format("run {}: {} after {} epochs, {} steps, {}\n", number_of(finished.run), how,
                  outcome.epochs_done, outcome.steps_done, human_duration(outcome.train_s));
  const auto add = [&](const char* name, const std::optional<EpochPoint>& point) {
    if (point) text += fmt::format("  {:18} {}\n", name, point_text(*point));
  };
  add("lowest perplexity", outcome.at_lowest_perplexity);
  add("best accuracy", outcome.at_best_accuracy);
  add("last", outcome.at_last);
  return text;
}

/// Writes what a person wants to see of an event.
struct Printer {
  std::ostream& out;
  bool& failed;

  void operator()(const lines::Epoch& epoch) const {
    out << fmt::format("run {}: {}\n", number_of(epoch.run), point_text(epoch.point));
  }
  void operator()(const lines::Finished& finished) const { out << result_text(finished); }
  void operator()(const lines::Failed& one) const {
    failed = true;
    out << fmt::format("run {}: failed: {} ({})\n", number_of(one.run), one.message, one.reason);
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

Result<StandaloneJob> read_job(const std::string& path) {
  std::ifstream in(path);
  if (!in) return fail(errc::bad_values, fmt::format("cannot read {}", path));
  const auto file = nlohmann::json::parse(in, nullptr, false);
  const auto bad = [&](const char* what) {
    return fail(errc::bad_values,
                fmt::format("{}: {}; it must be {{\"shape\": {{...}}, \"replicas\": "
                            "[{{\"values\": {{...}}}}, ...]}}",
                            path, what));
  };
  if (!file.is_object()) return bad("not a JSON object");
  if (!file.contains("shape")) return bad("'shape' is missing");
  if (!file.contains("replicas") || !file["replicas"].is_array() || file["replicas"].empty())
    return bad("'replicas' is no list of runs");
  StandaloneJob job{file["shape"].dump(), {}};
  for (const auto& replica : file["replicas"]) {
    if (!replica.is_object() || !replica.contains("values"))
      return bad("a replica has no 'values'");
    job.values_json.push_back(replica["values"].dump());
  }
  return job;
}

int train_standalone(const StandaloneJob& job, const TrainingDevice& device, bool json,
                     std::ostream& out) {
  bool failed = false;
  bool refused = true;  // until a pack starts
  Session session({.options = device.options,
                   .now_s =
                       [] {
                         const auto now = std::chrono::steady_clock::now().time_since_epoch();
                         return std::chrono::duration<double>(now).count();
                       },
                   .device = device.description,
                   .build = std::string(build_text()),
                   .device_works = [&device] { return works(device); }},
                  {.emit =
                       [&](const lines::Event& event) {
                         if (std::holds_alternative<lines::Started>(event)) refused = false;
                         if (std::holds_alternative<lines::Failed>(event)) failed = true;
                         if (json) {
                           out << lines::to_line(event) << std::endl;
                         } else {
                           std::visit(Printer{out, failed}, event);
                           out.flush();
                         }
                       },
                   .note =
                       [](NoteLevel level, const std::string& text) {
                         if (level == NoteLevel::error) spdlog::error(text);
                       }});
  lines::Start start{job.shape_json, {}};
  for (std::size_t i = 0; i < job.values_json.size(); ++i)
    start.replicas.push_back({id_of(i + 1), job.values_json[i], {}});
  session.handle(start);
  while (session.training())
    session.advance();
  if (session.device_lost()) return 4;
  return refused ? 2 : (failed ? 1 : 0);
}

}  // namespace scanyard::training
