//! The state machine of one worker: leases, attempts, trainers and results. Pure: events in,
//! effects out; time is an argument. worker/agent is its shell, tests/simulation drives it with a
//! virtual clock and a lossy network.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/protocol/messages.hpp"
#include "common/trainer_lines/lines.hpp"
#include "worker/core/config.hpp"
#include "worker/core/effects.hpp"
#include "worker/core/events.hpp"
#include "worker/core/state.hpp"

namespace scanyard::worker {

/// Connection: away -> greeting (Hello sent) -> welcomed; `refused` retries slowly. Any loss of the
/// connection leads back to away, a Who back to greeting. Trainings go on in every one of them.
///
/// Invariants (sanity_check re-derives them):
///  - every attempt is in exactly one slot's `waiting` or `running` list, as its phase says;
///  - no run has two attempts that are not stopping; no attempt's token is in the outbox;
///  - `running` holds at most max_replicas attempts of one shape, `waiting` at most twice as many;
///    `running` is empty unless a trainer lives that was told of them;
///  - a slot without a trainer has a time at which one is started, unless the worker is leaving.
///
/// What keeps messages of the past out: a token is taken only if it is above every token granted
/// before on this connection; trainers' events carry the instance of the trainer; acknowledgements
/// name run and token. Copyable; not thread-safe.
class Core {
 public:
  /// `outbox`: reports found on disk at start, which are to be delivered.
  Core(CoreConfig config, WorkerInfo info, std::vector<AttemptReport> outbox);

  /// Once, first of all: starts the trainers.
  Effects on_start(TimePoint now);

  Effects on_connected(TimePoint now);
  Effects on_disconnected(TimePoint now);
  Effects on_message(const protocol::CoordinatorMessage& message, TimePoint now);

  /// `log_tail` is read only for Failed.
  Effects on_trainer_event(SlotId slot, std::int64_t instance, const trainer_lines::Event& event,
                           TimePoint now, const std::string& log_tail = {});
  /// A line on stdout that is no event. The trainer is killed: the line may have been the only word
  /// about a run's end.
  Effects on_trainer_bad_line(SlotId slot, std::int64_t instance, const std::string& what,
                              TimePoint now);
  Effects on_trainer_exit(SlotId slot, std::int64_t instance, const TrainerExit& exit,
                          TimePoint now);

  Effects on_stored(const std::vector<ReportKey>& keys, TimePoint now);
  Effects on_store_failed(const std::vector<ReportKey>& keys, const std::string& why,
                          TimePoint now);
  /// Durable reports that an ended worker left behind.
  Effects on_adopted(std::vector<AttemptReport> reports, TimePoint now);

  /// Checkpoint, give back, say bye, exit; all of it before `deadline`. A second call ends at once.
  Effects on_shutdown(const std::string& reason, TimePoint deadline, TimePoint now);
  /// To be called at next_tick() at the latest; more often does no harm.
  Effects on_tick(TimePoint now);
  TimePoint next_tick(TimePoint now) const;
  /// What the site's scheduler leaves this worker, for the next Hello.
  void set_walltime_left(std::optional<std::int64_t> seconds) { walltime_left_s_ = seconds; }

  /// The first invariant that does not hold, as a sentence; nothing when all do.
  std::optional<std::string> sanity_check() const;

  enum class Link { away, greeting, welcomed, refused };
  Link link() const { return link_; }
  const std::vector<Slot>& slots() const { return slots_; }
  const std::map<Token, Attempt>& attempts() const { return attempts_; }
  const std::map<ReportKey, Outgoing>& outbox() const { return outbox_; }
  bool leaving() const { return leaving_; }
  bool draining() const { return draining_; }

 private:
  // core_link.cpp
  void greet(Effects& out, TimePoint now);
  void send(Effects& out, protocol::WorkerMessage message) const;
  void send_heartbeat(Effects& out, TimePoint now);
  void flush_progress(Effects& out, TimePoint now);
  void take(Effects& out, const protocol::Welcome& welcome, TimePoint now);
  void take(Effects& out, const protocol::Grant& grant, TimePoint now);
  void take(Effects& out, const protocol::Ack& ack, TimePoint now);
  void take(Effects& out, const protocol::Revoke& revoke, TimePoint now);
  void take(Effects& out, const protocol::Drain& drain, TimePoint now);
  void take(Effects& out, const protocol::Refuse& refuse, TimePoint now);
  void take(Effects& out, const protocol::Who& who, TimePoint now);

  // core_grants.cpp
  bool is_stale(const Token& token) const;
  void add_attempt(Attempt attempt);
  void remove_attempt(const Token& token);
  bool take_over(const RunId& run, const Token& token);
  void release(Effects& out, std::vector<protocol::Release::Item> items, const char* reason) const;
  void release_waiting(Effects& out, Slot& slot, const char* reason);
  void drop_attempt(Effects& out, const Token& token);
  void pump(Effects& out, Slot& slot, TimePoint now);
  void start_pack(Effects& out, Slot& slot, TimePoint now);
  void extend_pack(Effects& out, Slot& slot, TimePoint now);
  std::vector<trainer_lines::Replica> move_to_running(Slot& slot, std::size_t room, bool joining,
                                                      TimePoint now);
  std::int32_t want_of(const Slot& slot, bool& same_shape_only) const;
  void tell_wants(Effects& out, bool again);

  // core_trainer.cpp
  void start_trainer(Effects& out, Slot& slot, TimePoint now);
  void kill_trainer(Effects& out, Slot& slot, const char* reason, const std::string& message,
                    TimePoint now);
  void watch(Effects& out, Slot& slot, TimePoint now);
  void plan_restart(Effects& out, Slot& slot, const std::string& reason, TimePoint now);
  void take(Effects& out, Slot& slot, const trainer_lines::Ready& ready, TimePoint now);
  void take(Effects& out, Slot& slot, const trainer_lines::Epoch& epoch, TimePoint now);
  void take(Effects& out, Slot& slot, const trainer_lines::Finished& finished, TimePoint now);
  void take(Effects& out, Slot& slot, const trainer_lines::Failed& failed, TimePoint now,
            const std::string& log_tail);
  void take(Effects& out, Slot& slot, const trainer_lines::Checkpointed& saved, TimePoint now);
  void take(Effects& out, Slot& slot, const trainer_lines::Stopped& stopped, TimePoint now);
  void take_idle(Effects& out, Slot& slot, TimePoint now);
  Attempt* find_running(Slot& slot, const RunId& run);

  // core_results.cpp
  void report_failed(Effects& out, Token token, const std::string& reason,
                     const std::string& message, const std::string& log_tail, TimePoint now);
  void report(Effects& out, Token token, AttemptEnd end, std::string reason, std::string message,
              std::string log_tail, std::optional<RunOutcome> outcome, TimePoint now);
  void flush_results(Effects& out, TimePoint now);
  void retry_store(Effects& out, TimePoint now);

  // core_shutdown.cpp
  void begin_to_leave(Effects& out, const std::string& reason, TimePoint deadline, TimePoint now);
  void leave_slot(Effects& out, Slot& slot, TimePoint now);
  void saved_or_ended(Effects& out, Slot& slot, const RunId& run, TimePoint now);
  void leave_when_done(Effects& out, TimePoint now);

  Slot* find_slot(SlotId id);
  Slot* slot_of_trainer(SlotId id, std::int64_t instance);

  CoreConfig config_;
  WorkerInfo info_;
  std::optional<std::int64_t> walltime_left_s_;

  Link link_ = Link::away;
  bool connected_ = false;
  Epoch epoch_{-1};                ///< of the last Welcome on this connection
  Token granted_{{-1}, -1};        ///< highest token granted on this connection
  std::set<Token> revoked_early_;  ///< revoked before their Grant arrived
  TimePoint hello_at_;             ///< when Hello was said last
  TimePoint heartbeat_at_;         ///< when the next one is due
  Duration heartbeat_;
  std::set<std::string> refusals_said_;

  std::vector<Slot> slots_;
  std::map<Token, Attempt> attempts_;
  std::unordered_map<RunId, Token> live_;  ///< attempts that are not stopping, by run
  std::map<ReportKey, Outgoing> outbox_;
  std::vector<ProgressPoint> progress_;
  TimePoint progress_at_;
  bool store_blocked_ = false;
  TimePoint store_retry_at_;

  bool draining_ = false;
  bool leaving_ = false;
  bool exited_ = false;
  std::string leave_reason_;
  TimePoint leave_deadline_;
};

}  // namespace scanyard::worker
