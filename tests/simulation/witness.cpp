#include "tests/simulation/witness.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace scanyard::simulation {
namespace {

bool is_result(AttemptEnd end) {
  return end == AttemptEnd::finished || end == AttemptEnd::diverged;
}

bool contains(const std::vector<Token>& tokens, Token token) {
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

}  // namespace

void Witness::note(const std::string& fault) {
  faults_.push_back(fault);
}

void Witness::on_start(Epoch epoch, bool open_runs, Duration heartbeat, TimePoint now) {
  if (!(epoch_ < epoch)) note("an epoch did not rise");
  epoch_ = epoch;
  grace_until_ = open_runs ? now + 2 * heartbeat : now;
  granted_in_epoch_.clear();
  claimed_in_epoch_.clear();
  ended_.clear();
}

void Witness::on_grant(const protocol::Grant& grant, const std::string& worker, TimePoint now) {
  if (now < grace_until_) note("a grant within two heartbeats of a restart, to " + worker);
  for (const auto& replica : grant.replicas) {
    const StoredRun* run = store_.find(replica.run);
    const std::string name = replica.run.short_hex();
    if (run == nullptr) {
      note("a run that nobody submitted was granted: " + name);
      continue;
    }
    if (run->state == Stored::finished || run->state == Stored::diverged)
      note("a run with a result was granted: " + name);
    if (replica.token.epoch != epoch_) note("a grant with a token of another epoch: " + name);
    Token& newest = newest_[replica.run];
    if (!(newest < replica.token)) {
      note(fmt::format("run {} was granted under {} after {}", name, replica.token.to_string(),
                       newest.to_string()));
    }
    newest = replica.token;
    granted_in_epoch_[replica.run] = replica.token;
  }
}

void Witness::on_ack(const protocol::Ack& ack) {
  using Verdict = protocol::Acknowledged::Verdict;
  for (const auto& item : ack.items) {
    answered_.insert({item.run, item.token});
    if (item.verdict != Verdict::accepted && item.verdict != Verdict::duplicate) continue;
    const StoredRun* run = store_.find(item.run);
    if (run == nullptr || !run->attempts.contains(item.token)) {
      note(fmt::format("attempt {} of run {} was acknowledged but is not on disk",
                       item.token.to_string(), item.run.short_hex()));
    }
  }
}

void Witness::on_hello(const protocol::Hello& hello) {
  for (const auto& replica : hello.running) {
    Token& claimed = claimed_in_epoch_[replica.run];
    claimed = std::max(claimed, replica.token);
  }
}

/// The rule of re-adoption: an attempt of an older epoch stays unless its run was leased anew, is
/// done, or somebody has a later claim to it.
void Witness::on_welcome(const protocol::Hello& hello, const protocol::Welcome& welcome) {
  for (const auto& replica : hello.running) {
    const StoredRun* run = store_.find(replica.run);
    const bool adopted = contains(welcome.adopted, replica.token);
    if (adopted == contains(welcome.dropped, replica.token))
      note("an attempt was neither adopted nor dropped, or both");
    const auto granted = granted_in_epoch_.find(replica.run);
    const bool anew = granted != granted_in_epoch_.end() && replica.token < granted->second;
    if (anew && adopted) {
      note(fmt::format("attempt {} of run {} was adopted although the run was leased anew as {}",
                       replica.token.to_string(), replica.run.short_hex(),
                       granted->second.to_string()));
    }
    const bool older = replica.token.epoch < epoch_;
    const bool open = run != nullptr && run->state == Stored::open;
    const bool rival = claimed_in_epoch_[replica.run] != replica.token;
    const bool untouched = granted == granted_in_epoch_.end() && !rival;
    const auto ended = [&](const auto& one) { return one.first == replica.run; };
    const bool news = std::any_of(ended_.begin(), ended_.end(), ended);
    const bool recorded = run != nullptr && !run->attempts.empty() &&
                          !(run->attempts.rbegin()->first < replica.token);
    if (older && open && untouched && !news && !recorded && !adopted) {
      note(fmt::format("attempt {} of run {} of an older epoch was not adopted",
                       replica.token.to_string(), replica.run.short_hex()));
    }
  }
}

void Witness::on_forget(const AttemptReport& report) {
  if (!answered_.contains({report.run, report.token})) {
    note(fmt::format("a worker forgot attempt {} of run {}, which nobody acknowledged",
                     report.token.to_string(), report.run.short_hex()));
  }
  if (is_result(report.end)) {
    const StoredRun* run = store_.find(report.run);
    // Refused reports are forgotten too: then the run has ended otherwise, or is trained elsewhere.
    if (run != nullptr && run->result == report.token) delivered_.insert(report.run);
  }
}

void Witness::on_write(const StoreWrite& write) {
  if (const auto* record = std::get_if<RecordAttempt>(&write)) check_fence(*record);
}

void Witness::check_fence(const RecordAttempt& record) {
  const RunId& run = record.report.run;
  ended_.insert({run, record.report.token});
  if (!is_result(record.report.end)) return;
  const auto granted = granted_in_epoch_.find(run);
  if (granted != granted_in_epoch_.end() && record.report.token < granted->second) {
    note(fmt::format("a result of run {} under {} was accepted after the run was leased as {}",
                     run.short_hex(), record.report.token.to_string(),
                     granted->second.to_string()));
  }
}

void Witness::on_reopened(const RunId& run) {
  delivered_.erase(run);
}

}  // namespace scanyard::simulation
