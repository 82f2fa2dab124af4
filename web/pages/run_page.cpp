#include "web/pages/run_page.hpp"

#include <fmt/format.h>

#include "common/text.hpp"
#include "web/commands.hpp"
#include "web/html/template.hpp"
#include "web/pages/curves.hpp"
#include "web/pages/parts.hpp"

namespace scanyard::web {
namespace {

struct Notice {
  std::string css;
  std::string text;
  std::string command;  ///< what to type; empty = nothing
};

/// What the state means, and what to do about it.
Notice notice_of(const RunDetail& run) {
  switch (run.state) {
    case RunState::queued:
      return {"", "It waits for a slot. This says why it is not running:", explain_command(run.id)};
    case RunState::running:
      return {"", "A worker is training it. The curve grows with every epoch.", ""};
    case RunState::finished:
      return {"quiet",
              run.outcome && run.outcome->solved
                  ? "It is done: it ended early because the test accuracy passed the threshold."
                  : "It is done: it trained all its epochs.",
              ""};
    case RunState::diverged:
      return {"warn",
              "Its loss became not finite. That is a result, counted as diverged, and it is not "
              "tried again.",
              ""};
    case RunState::failed:
      return {"bad", "It failed and is not tried again by itself. Once the cause is gone:",
              retry_command(run.id)};
    case RunState::cancelled:
      return {"", "It was cancelled. To train it after all:", retry_command(run.id)};
  }
  return {"", "", ""};
}

Node evaluation(const char* name, const std::optional<EpochPoint>& point) {
  const auto text = [&](auto read) {
    return point ? std::string(read(*point)) : std::string("none");
  };
  return Node::Object{
      {"name", name},
      {"epoch", text([](const auto& p) { return std::to_string(p.epoch); })},
      {"step", text([](const auto& p) { return with_thousands(p.step); })},
      {"macro", text([](const auto& p) { return fixed(p.test_accuracy, 4); })},
      {"micro", text([](const auto& p) { return fixed(p.test_micro_accuracy, 4); })},
      {"perplexity", text([](const auto& p) { return significant(p.test_perplexity, 5); })},
      {"loss", text([](const auto& p) { return significant(p.train_loss, 4); })}};
}

Html outcome_facts(const RunOutcome& outcome) {
  return facts({{"epochs", std::to_string(outcome.epochs_done)},
                {"optimiser steps", with_thousands(outcome.steps_done)},
                {"training time", human_duration(outcome.train_s)},
                {"trained together with",
                 counted(static_cast<std::uint64_t>(std::max(0, outcome.pack_size - 1)),
                         "other run", "other runs")},
                {"device", outcome.device},
                {"build", outcome.build}});
}

Node attempt_row(const AttemptSummary& attempt, TimePoint now) {
  return Node::Object{{"token", attempt.token.to_string()},
                      {"worker", attempt.worker},
                      {"slot", std::to_string(attempt.slot)},
                      {"end", state_chip(attempt.end)},
                      {"reasoned", !attempt.reason.empty() || !attempt.message.empty()},
                      {"reason", attempt.reason},
                      {"message", attempt.message},
                      {"started", moment(now, attempt.started)},
                      {"took", span_text(attempt.started, attempt.ended ? *attempt.ended : now)}};
}

/// Logs of the attempts that left one, the newest first and open when it says why the run failed.
Node::List log_nodes(const RunDetail& run) {
  Node::List logs;
  for (auto attempt = run.attempts.rbegin(); attempt != run.attempts.rend(); ++attempt) {
    if (attempt->log_tail.empty()) continue;
    const std::string token = attempt->token.to_string();
    std::string token_id = token;
    std::replace(token_id.begin(), token_id.end(), '.', '-');
    logs.push_back(Node::Object{{"token", token},
                                {"token_id", token_id},
                                {"open", logs.empty() && run.state == RunState::failed},
                                {"log", attempt->log_tail}});
  }
  return logs;
}

Node::List membership_nodes(const RunDetail& run) {
  Node::List list;
  for (const auto& membership : run.memberships) {
    const std::string label = configuration_label(membership.label);
    list.push_back(Node::Object{{"sweep", std::to_string(membership.sweep.value)},
                                {"sweep_name", membership.sweep_name},
                                {"cell", std::to_string(membership.cell.value)},
                                {"label", label.empty() ? "the only one" : label}});
  }
  return list;
}

Node::List evaluation_nodes(const RunDetail& run) {
  if (!run.outcome) return {};
  return {
      evaluation("lowest test perplexity (the paper's choice)", run.outcome->at_lowest_perplexity),
      evaluation("highest macro accuracy", run.outcome->at_best_accuracy),
      evaluation("last epoch", run.outcome->at_last)};
}

}  // namespace

Page run_page(const RunView& view) {
  const RunDetail& run = view.run;
  const Notice notice = notice_of(run);
  const CurvesDrawing curve = run_curve_drawing(run.curve);
  Node::List attempts;
  for (const auto& attempt : run.attempts)
    attempts.push_back(attempt_row(attempt, view.now));
  const Html content =
      render("run.html",
             {{"memberships", membership_nodes(run)},
              {"id", run.id.hex()},
              {"short_id", run.id.short_hex()},
              {"state", state_chip(to_text(run.state))},
              {"notice_class", notice.css},
              {"notice", notice.text},
              {"error", !run.error.empty()},
              {"error_text", run.error},
              {"notice_command", notice.command.empty() ? Html{} : command_box(notice.command)},
              {"result", run.outcome.has_value()},
              {"evaluations", evaluation_nodes(run)},
              {"outcome", run.outcome ? outcome_facts(*run.outcome) : Html{}},
              {"curve", !run.curve.empty()},
              {"accuracy", svg_in_page(curve.accuracy)},
              {"loss", svg_in_page(curve.train_loss)},
              {"curve_caption", curve.caption},
              {"tried", !run.attempts.empty()},
              {"attempts", std::move(attempts)},
              {"logs", log_nodes(run)},
              {"repeat", command_box(repeat_command(run.shape_json, run.replica_json))},
              {"shape", facts(json_fields(run.shape_json))},
              {"replica", facts(json_fields(run.replica_json))}});
  return {"Run " + run.id.short_hex(), Section::sweeps, content};
}

}  // namespace scanyard::web
