#include "coordinator/service/answers.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/text.hpp"
#include "web/api/json.hpp"

namespace scanyard::service {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string outcome_sentence(const RunDetail& run) {
  const RunOutcome& outcome = *run.outcome;
  if (outcome.diverged) {
    return fmt::format(
        "Its loss became non-finite after {} epochs: a result, which is not retried.",
        outcome.epochs_done);
  }
  const auto& point = outcome.at_lowest_perplexity;
  return fmt::format(
      "It finished after {} epochs ({} steps, {}){}{}.", outcome.epochs_done, outcome.steps_done,
      human_duration(outcome.train_s), outcome.solved ? ", solved" : "",
      point
          ? fmt::format(", test accuracy {:.4f} at the epoch with the lowest test perplexity ({})",
                        point->test_accuracy, point->epoch)
          : "");
}

std::string attempt_sentence(const AttemptSummary& attempt) {
  std::string sentence = fmt::format("Attempt {} on worker {}: {}", attempt.token.to_string(),
                                     attempt.worker, attempt.end);
  if (!attempt.reason.empty()) sentence += fmt::format(" ({})", attempt.reason);
  if (!attempt.message.empty()) sentence += ": " + attempt.message;
  return sentence.ends_with('.') ? sentence : sentence + ".";
}

}  // namespace

std::string message_json(const std::string& sentence) {
  return text_of({{"message", sentence}});
}

std::string submitted_json(const SubmitOutcome& outcome) {
  return text_of({{"sweep", outcome.sweep.value},
                  {"name", outcome.name},
                  {"repeated", outcome.repeated},
                  {"runs", outcome.runs},
                  {"new", outcome.new_runs},
                  {"done", outcome.already_done},
                  {"open", outcome.already_open}});
}

std::string known_runs_json(const std::vector<KnownRun>& known) {
  Json list = Json::array();
  for (const auto& run : known)
    list.push_back({run.index, to_text(run.state), run.sweep.value});
  return text_of({{"known", std::move(list)}});
}

std::string status_json(const ServerStatus& server, const std::vector<SweepSummary>& sweeps,
                        const std::vector<WorkerStatus>& workers) {
  // The page's own JSON, so that both say the same in the same words.
  Json all = Json::parse(web::sweeps_json(sweeps));
  all["workers"] = std::move(Json::parse(web::workers_json(workers))["workers"]);
  all["coordinator"] = Json::parse(web::coordinator_json(server));
  return text_of(all);
}

std::string results_json(const SweepSummary& sweep, const std::string& table) {
  return text_of({{"sweep", sweep.id.value}, {"name", sweep.name}, {"table", table}});
}

std::vector<core::Reason> reasons_from(const RunDetail& run) {
  std::vector<core::Reason> reasons;
  const std::string state(to_text(run.state));
  if (run.outcome) {
    reasons.push_back({"ended." + state, outcome_sentence(run)});
  } else if (run.state == RunState::failed || run.state == RunState::cancelled) {
    reasons.push_back({"ended." + state, run.error.empty()
                                             ? fmt::format("It is {}.", state)
                                             : fmt::format("It is {}: {}", state, run.error)});
  } else {
    reasons.push_back({"open", "It is open; no coordinator was asked why."});
  }
  for (const auto& attempt : run.attempts)
    reasons.push_back({"attempt." + attempt.end, attempt_sentence(attempt)});
  return reasons;
}

std::string explain_json(const RunDetail& run, const std::optional<core::Explanation>& live) {
  const bool open = run.state == RunState::queued || run.state == RunState::running;
  std::vector<core::Reason> reasons;
  if (live && open) reasons = live->reasons;
  const auto stored = reasons_from(run);
  // What the coordinator says of an open run is fresher than the database's "open".
  reasons.insert(reasons.end(), stored.begin() + (reasons.empty() ? 0 : 1), stored.end());
  Json list = Json::array();
  for (const auto& reason : reasons)
    list.push_back({{"code", reason.code}, {"sentence", reason.sentence}});
  Json explanation = {{"state", to_text(run.state)}, {"reasons", std::move(list)}};
  if (live && open) {
    explanation["failures"] = live->failures;
    explanation["runs_ahead"] = live->runs_ahead;
    explanation["worker"] = live->worker.empty() ? Json(nullptr) : Json(live->worker);
  }
  return text_of(
      {{"run", Json::parse(web::run_json(run))}, {"explanation", std::move(explanation)}});
}

}  // namespace scanyard::service
