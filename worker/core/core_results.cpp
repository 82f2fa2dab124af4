//! Reports: made, stored, sent, acknowledged.
#include <algorithm>

#include "common/protocol/codec.hpp"
#include "common/protocol/limits.hpp"
#include "common/protocol/texts.hpp"
#include "worker/core/core.hpp"

namespace scanyard::worker {

namespace {

/// Roughly what a report takes on the wire: enough to keep batches far below the limit.
std::size_t size_of(const AttemptReport& report) {
  constexpr std::size_t frame = 1024, point = 54;
  return frame + report.message.size() + report.log_tail.size() + point * report.curve.size();
}

bool has_result(AttemptEnd end) {
  return end == AttemptEnd::finished || end == AttemptEnd::diverged;
}

}  // namespace

void Core::report_failed(Effects& out, Token token, const std::string& reason,
                         const std::string& message, const std::string& log_tail, TimePoint now) {
  // A checkpoint that this attempt did not write itself may be what made it fail.
  const Attempt& attempt = attempts_.at(token);
  if (!attempt.checkpointed) out.push_back(DropCheckpoint{attempt.run});
  report(out, token, AttemptEnd::failed, reason, message, log_tail, {}, now);
}

void Core::report(Effects& out, Token token, AttemptEnd end, std::string reason,
                  std::string message, std::string log_tail, std::optional<RunOutcome> outcome,
                  TimePoint now) {
  const auto found = attempts_.find(token);
  Attempt attempt = found->second;
  remove_attempt(token);
  std::erase(find_slot(attempt.slot)->running, token);
  if (attempt.phase == Attempt::Phase::stopping) return;  // nobody wants it

  AttemptReport report;
  report.run = attempt.run;
  report.token = token;
  report.end = end;
  report.reason = std::move(reason);
  report.message = std::move(message);
  report.log_tail = std::move(log_tail);
  report.started = attempt.started;
  report.ended = now;
  report.slot = static_cast<std::int32_t>(attempt.slot.value);
  report.outcome = std::move(outcome);
  report.curve = std::move(attempt.curve);
  protocol::clip_to_limits(report);
  out.push_back(Store{report});
  outbox_[{report.run, token}] = {std::move(report), Outgoing::Phase::storing, {}, false};
}

Effects Core::on_stored(const std::vector<ReportKey>& keys, TimePoint now) {
  Effects out;
  for (const auto& key : keys) {
    const auto found = outbox_.find(key);
    if (found == outbox_.end()) {
      // Acknowledged while it was written: it was sent from memory.
      out.push_back(Forget{{key}});
      continue;
    }
    auto& [report, phase, sent_at, sent_unstored] = found->second;
    phase = sent_unstored ? Outgoing::Phase::sent : Outgoing::Phase::ready;
    if (has_result(report.end)) out.push_back(DropCheckpoint{report.run});
  }
  const bool blocked = std::any_of(outbox_.begin(), outbox_.end(), [](const auto& entry) {
    return entry.second.phase == Outgoing::Phase::unstored;
  });
  if (store_blocked_ && !blocked) {
    store_blocked_ = false;
    out.push_back(Note{Note::Level::info, "outbox.writable", {}});
  }
  flush_results(out, now);
  tell_wants(out, false);
  leave_when_done(out, now);
  return out;
}

Effects Core::on_store_failed(const std::vector<ReportKey>& keys, const std::string& why,
                              TimePoint now) {
  Effects out;
  for (const auto& key : keys) {
    const auto found = outbox_.find(key);
    if (found != outbox_.end()) found->second.phase = Outgoing::Phase::unstored;
  }
  if (!store_blocked_) {
    store_blocked_ = true;
    out.push_back(Note{Note::Level::error,
                       "outbox.blocked",
                       {{"message", why},
                        {"what",
                         "results are kept in memory and sent from there; no new packs are "
                         "taken until the outbox can be written"}}});
  }
  store_retry_at_ = now + config_.store_retry;
  flush_results(out, now);
  tell_wants(out, false);
  leave_when_done(out, now);
  return out;
}

void Core::retry_store(Effects& out, TimePoint now) {
  store_retry_at_ = now + config_.store_retry;
  bool pending = false;
  for (auto& [key, outgoing] : outbox_) {
    pending = pending || outgoing.phase == Outgoing::Phase::storing;
    if (outgoing.phase != Outgoing::Phase::unstored) continue;
    pending = true;
    outgoing.phase = Outgoing::Phase::storing;
    out.push_back(Store{outgoing.report});
  }
  if (pending) return;
  // All that could not be written was delivered from memory: the next report tries the disk again.
  store_blocked_ = false;
  tell_wants(out, false);
}

Effects Core::on_adopted(std::vector<AttemptReport> reports, TimePoint now) {
  Effects out;
  if (exited_) return out;
  out.push_back(
      Note{Note::Level::info, "outbox.adopted", {{"reports", std::to_string(reports.size())}}});
  for (auto& report : reports) {
    const ReportKey key{report.run, report.token};
    outbox_.try_emplace(key, Outgoing{std::move(report), Outgoing::Phase::ready, {}, false});
  }
  flush_results(out, now);
  return out;
}

void Core::flush_results(Effects& out, TimePoint now) {
  if (link_ != Link::welcomed) return;
  std::int64_t in_flight = 0;
  for (const auto& [key, outgoing] : outbox_) {
    in_flight += outgoing.sent_at.ms > 0 && now - outgoing.sent_at < config_.resend &&
                 outgoing.phase == Outgoing::Phase::sent;
  }
  protocol::Results batch;
  std::size_t bytes = 0;
  const auto close_batch = [&] {
    if (!batch.reports.empty()) send(out, std::move(batch));
    batch = {};
    bytes = 0;
  };
  for (auto& [key, outgoing] : outbox_) {
    if (in_flight >= config_.in_flight_max) break;
    const bool from_memory = outgoing.phase == Outgoing::Phase::unstored;
    const bool asleep = (outgoing.phase == Outgoing::Phase::sent || from_memory) &&
                        outgoing.sent_at.ms > 0 && now - outgoing.sent_at < config_.resend;
    if (outgoing.phase == Outgoing::Phase::storing || asleep) continue;
    outgoing.sent_at = now;
    if (from_memory) {
      outgoing.sent_unstored = true;
    } else {
      outgoing.phase = Outgoing::Phase::sent;
    }
    ++in_flight;
    bytes += size_of(outgoing.report);
    batch.reports.push_back(outgoing.report);
    const bool full = std::ssize(batch.reports) >= protocol::limits::reports_per_message_max;
    if (full || bytes >= protocol::limits::batch_bytes_soft) close_batch();
  }
  close_batch();
}

void Core::take(Effects& out, const protocol::Ack& ack, TimePoint now) {
  Forget forget;
  for (const auto& item : ack.items) {
    const auto found = outbox_.find({item.run, item.token});
    if (found == outbox_.end()) continue;
    if (found->second.phase != Outgoing::Phase::storing) {
      forget.items.push_back({item.run, item.token});
    }
    if (item.verdict != protocol::Acknowledged::Verdict::accepted) {
      out.push_back(Note{Note::Level::info,
                         "result.not_taken",
                         {{"run", item.run.short_hex()},
                          {"token", item.token.to_string()},
                          {"verdict", std::string(protocol::to_text(item.verdict))}}});
    }
    outbox_.erase(found);
  }
  if (!forget.items.empty()) out.push_back(std::move(forget));
  flush_results(out, now);
  leave_when_done(out, now);
}

}  // namespace scanyard::worker
