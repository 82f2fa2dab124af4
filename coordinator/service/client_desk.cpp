#include "coordinator/service/client_desk.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>

#include "common/spec/expand.hpp"
#include "common/tables/render.hpp"
#include "common/tables/results_table.hpp"
#include "coordinator/core/client.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/service/answers.hpp"
#include "coordinator/service/counted.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/sweep_names.hpp"

namespace scanyard::service {
namespace {

constexpr int reading_threads = 2;
constexpr std::size_t kept_answers_max = 10'000;
constexpr std::size_t open_requests_max = 1'000;

/// A request that is being worked on.
struct Ticket {
  std::string peer;
  std::string key_name;
  std::string id;
  bool command = false;  ///< changes something: its answer is kept
};

using AnswerKey = std::pair<std::string, std::string>;  // key name, request id

bool is_command(const protocol::ClientQuestion& question) {
  return !std::holds_alternative<protocol::KnownRunsRequest>(question) &&
         !std::holds_alternative<protocol::StatusRequest>(question) &&
         !std::holds_alternative<protocol::ResultsRequest>(question) &&
         !std::holds_alternative<protocol::ExplainRequest>(question);
}

Result<std::string> read_status(ReadModel& model, const protocol::StatusRequest& request) {
  auto server = model.server();
  if (!server) return propagate(server);
  auto sweeps = model.sweeps();
  if (!sweeps) return propagate(sweeps);
  if (!request.sweep.empty()) {
    auto one = find_sweep(*sweeps, request.sweep, SameName::newest);
    if (!one) return propagate(one);
    sweeps = std::vector<SweepSummary>{*one};
  }
  auto workers = model.workers();
  if (!workers) return propagate(workers);
  return status_json(*server, *sweeps, *workers);
}

Result<SweepSummary> resolve(ReadModel& model, const std::string& text, SameName same_name) {
  auto sweeps = model.sweeps();
  if (!sweeps) return propagate(sweeps);
  return find_sweep(*sweeps, text, same_name);
}

Result<std::string> read_results(ReadModel& model, const protocol::ResultsRequest& request) {
  auto sweep = resolve(model, request.sweep, SameName::newest);
  if (!sweep) return propagate(sweep);
  auto detail = model.sweep(sweep->id);
  if (!detail) return propagate(detail);
  auto cells = model.cells(sweep->id);
  if (!cells) return propagate(cells);
  const auto table = tables::build_results_table(*detail, *cells);
  using Form = protocol::ResultsRequest::Form;
  const std::string text = request.form == Form::csv ? tables::render_csv(table)
                           : request.form == Form::json
                               ? tables::render_json(table)
                               : tables::render_text(table, request.width_columns);
  return results_json(*sweep, text);
}

Result<RunDetail> read_run(ReadModel& model, const std::string& prefix) {
  auto id = model.find_run(prefix);
  if (!id) return propagate(id);
  return model.run(*id);
}

/// Which sweep a retry of a single run goes through: the newest that has it.
Result<RetrySweep> retry_of_run(ReadModel& model, const protocol::RetryRequest& request) {
  auto run = read_run(model, request.run);
  if (!run) return propagate(run);
  if (run->memberships.empty())
    return fail(errc::no_such_sweep, fmt::format("no sweep has run {}", run->id.short_hex()));
  RetrySweep retry;
  for (const auto& membership : run->memberships)
    retry.sweep = std::max(retry.sweep, membership.sweep);
  retry.runs = {run->id};
  return retry;
}

Result<RetrySweep> retry_of(ReadModel& model, const protocol::RetryRequest& request) {
  RetrySweep retry;
  if (!request.run.empty()) {
    auto of_run = retry_of_run(model, request);
    if (!of_run) return propagate(of_run);
    retry = std::move(*of_run);
  } else {
    auto sweep = resolve(model, request.sweep, SameName::refuse);
    if (!sweep) return propagate(sweep);
    retry.sweep = sweep->id;
  }
  retry.states = request.states.empty() ? std::vector{RunState::failed} : request.states;
  for (const RunState state : retry.states) {
    if (state == RunState::failed || state == RunState::cancelled || state == RunState::diverged)
      continue;
    return fail(
        errc::sweep_state,
        fmt::format("runs that are {} cannot be retried; only failed, cancelled and diverged "
                    "ones can",
                    to_text(state)));
  }
  return retry;
}

/// What a retry came to; a sweep without such runs is no error, so that scripts may repeat it.
std::string retried_sentence(const RetryOutcome& outcome, const std::vector<RunState>& states) {
  const std::string sweep =
      fmt::format("sweep {} ({})", outcome.sweep.id.value, outcome.sweep.name);
  if (outcome.open.empty()) {
    std::string words;
    for (const RunState state : states)
      words += (words.empty() ? "" : " or ") + std::string(to_text(state));
    return fmt::format("no run of {} is {}: nothing to open again", sweep, words);
  }
  return fmt::format("{} of {} {} open again",
                     counted(static_cast<long long>(outcome.open.size()), "run"), sweep,
                     outcome.open.size() == 1 ? "is" : "are");
}

}  // namespace

struct ClientDesk::Impl {
  explicit Impl(DeskWorld given) : world(std::move(given)) {}

  DeskWorld world;
  boost::asio::thread_pool readers{reading_threads};
  boost::asio::thread_pool expander{1};
  std::map<std::int64_t, Ticket> tickets;
  std::int64_t next_ticket = 1;
  std::map<AnswerKey, std::int64_t> commands_open;
  std::map<AnswerKey, std::string> kept;  ///< encoded answers to commands
  std::deque<AnswerKey> kept_order;
  std::uint64_t requests = 0, bad = 0, repeated = 0;
  bool stopping = false;

  void take(const net::Peer& peer, protocol::ClientRequest request);
  bool answered_before(const net::Peer& peer, const std::string& id);
  void dispatch(std::int64_t ticket, protocol::ClientQuestion question);
  void answer(std::int64_t ticket, Result<std::string> value_json);

  /// Runs `read` in a reading thread and hands its result to `then` on the loop.
  template <class Read, class Then>
  void read(boost::asio::thread_pool& pool, Read read, Then then) {
    boost::asio::post(pool, [this, read = std::move(read), then = std::move(then)]() mutable {
      auto result = std::make_shared<decltype(read())>(read());
      world.post([result, then = std::move(then)]() mutable { then(std::move(*result)); });
    });
  }
  /// Answers with what `read` gives.
  template <class Read>
  void answer_from(std::int64_t ticket, Read read_it) {
    read(readers, std::move(read_it),
         [this, ticket](Result<std::string> value) { answer(ticket, std::move(value)); });
  }
  /// Resolves the sweep, then hands it to `then` on the loop; the error is answered here.
  template <class Then>
  void with_sweep(std::int64_t ticket, const std::string& text, Then then) {
    read(
        readers, [this, text] { return resolve(world.model, text, SameName::refuse); },
        [this, ticket, then = std::move(then)](Result<SweepSummary> sweep) {
          if (!sweep) return answer(ticket, propagate(sweep));
          if (sweep->state == "complete" || sweep->state == "cancelled") {
            return answer(ticket, fail(errc::sweep_state,
                                       fmt::format("sweep {} ({}) is {}: it has no open runs",
                                                   sweep->id.value, sweep->name, sweep->state)));
          }
          then(*sweep);
        });
  }

  void submit(std::int64_t ticket, protocol::SubmitRequest request);
  void expanded(std::int64_t ticket, SubmitSweep submission);
  void retry(std::int64_t ticket, RetrySweep request);
  void explain(std::int64_t ticket, const std::string& prefix);
};

void ClientDesk::Impl::take(const net::Peer& peer, protocol::ClientRequest request) {
  const bool command = is_command(request.what);
  if (command && answered_before(peer, request.id)) return;
  const std::int64_t number = next_ticket++;
  tickets.emplace(number, Ticket{peer.id, peer.key_name, request.id, command});
  if (stopping) return answer(number, fail(errc::stopping, "the coordinator is stopping"));
  if (tickets.size() > open_requests_max)
    return answer(number, fail(errc::stopping, "too many requests at once; ask again later"));
  if (command) commands_open[{peer.key_name, request.id}] = number;
  dispatch(number, std::move(request.what));
}

bool ClientDesk::Impl::answered_before(const net::Peer& peer, const std::string& id) {
  const AnswerKey key{peer.key_name, id};
  const auto done = kept.find(key);
  if (done != kept.end()) {
    ++repeated;
    world.send(peer.id, done->second);
    return true;
  }
  const auto open = commands_open.find(key);
  if (open == commands_open.end()) return false;
  ++repeated;
  tickets.at(open->second).peer = peer.id;  // It asks again over a new connection.
  return true;
}

void ClientDesk::Impl::dispatch(std::int64_t ticket, protocol::ClientQuestion question) {
  const core::RequestId request{ticket};
  std::visit(
      [&](auto&& asked) {
        using Asked = std::decay_t<decltype(asked)>;
        if constexpr (std::is_same_v<Asked, protocol::SubmitRequest>) {
          submit(ticket, std::move(asked));
        } else if constexpr (std::is_same_v<Asked, protocol::KnownRunsRequest>) {
          answer_from(ticket, [this, runs = std::move(asked.runs)]() -> Result<std::string> {
            auto known = world.model.known_runs(runs);
            if (!known) return propagate(known);
            return known_runs_json(*known);
          });
        } else if constexpr (std::is_same_v<Asked, protocol::StatusRequest>) {
          world.refresh_live();
          answer_from(ticket, [this, asked] { return read_status(world.model, asked); });
        } else if constexpr (std::is_same_v<Asked, protocol::ResultsRequest>) {
          world.refresh_live();
          answer_from(ticket, [this, asked] { return read_results(world.model, asked); });
        } else if constexpr (std::is_same_v<Asked, protocol::ExplainRequest>) {
          explain(ticket, asked.run);
        } else if constexpr (std::is_same_v<Asked, protocol::CancelRequest>) {
          with_sweep(ticket, asked.sweep, [this, request, asked](const SweepSummary& sweep) {
            world.event([&](core::Core& core, TimePoint now, core::Effects& out) {
              core::on_cancel(core, request, sweep.id, asked.reason, now, out);
            });
          });
        } else if constexpr (std::is_same_v<Asked, protocol::RetryRequest>) {
          read(
              readers, [this, asked] { return retry_of(world.model, asked); },
              [this, ticket](Result<RetrySweep> found) {
                if (!found) return answer(ticket, propagate(found));
                retry(ticket, std::move(*found));
              });
        } else if constexpr (std::is_same_v<Asked, protocol::PauseRequest>) {
          with_sweep(ticket, asked.sweep, [this, request, asked](const SweepSummary& sweep) {
            world.event([&](core::Core& core, TimePoint now, core::Effects& out) {
              (asked.resume ? core::on_resume : core::on_pause)(core, request, sweep.id, now, out);
            });
          });
        } else if constexpr (std::is_same_v<Asked, protocol::PriorityRequest>) {
          with_sweep(ticket, asked.sweep, [this, request, asked](const SweepSummary& sweep) {
            world.event([&](core::Core& core, TimePoint now, core::Effects& out) {
              core::on_priority(core, request, sweep.id, asked.priority, now, out);
            });
          });
        } else {
          static_assert(std::is_same_v<Asked, protocol::DrainRequest>,
                        "every question has its way");
          world.event([&](core::Core& core, TimePoint now, core::Effects& out) {
            core::on_drain(core, request, asked.worker, now, out);
          });
        }
      },
      std::move(question));
}

void ClientDesk::Impl::answer(std::int64_t number, Result<std::string> value_json) {
  const auto found = tickets.find(number);
  if (found == tickets.end()) return;
  const Ticket ticket = std::move(found->second);
  tickets.erase(found);
  std::string body = encode_body(protocol::ClientReply{ticket.id, std::move(value_json)});
  if (ticket.command) {
    const AnswerKey key{ticket.key_name, ticket.id};
    commands_open.erase(key);
    kept[key] = body;
    kept_order.push_back(key);
    if (kept_order.size() > kept_answers_max) {
      kept.erase(kept_order.front());
      kept_order.pop_front();
    }
  }
  world.send(ticket.peer, std::move(body));
}

void ClientDesk::Impl::submit(std::int64_t ticket, protocol::SubmitRequest request) {
  const Ticket& owner = tickets.at(ticket);
  SubmitSweep submission;
  submission.spec_text = std::move(request.spec_text);
  submission.source_name = std::move(request.source_name);
  submission.submitted_by = owner.key_name;
  submission.request_id = owner.key_name + ":" + owner.id;
  read(
      expander,
      [this, submission = std::move(submission)]() mutable -> Result<SubmitSweep> {
        auto expansion = spec::expand(submission.spec_text, submission.source_name,
                                      world.vocabulary, {.runs_max = world.runs_per_sweep_max});
        if (!expansion) return propagate(expansion);
        submission.expansion = std::make_shared<const spec::Expansion>(std::move(*expansion));
        return std::move(submission);
      },
      [this, ticket](Result<SubmitSweep> done) {
        if (!done) return answer(ticket, propagate(done));
        expanded(ticket, std::move(*done));
      });
}

void ClientDesk::Impl::expanded(std::int64_t ticket, SubmitSweep submission) {
  if (stopping) return answer(ticket, fail(errc::stopping, "the coordinator is stopping"));
  submission.at = world.now();
  world.store.submit(std::move(submission), [this, ticket](Result<SubmitOutcome> outcome) {
    if (!outcome) return answer(ticket, propagate(outcome));
    world.event([&](core::Core& core, TimePoint now, core::Effects& out) {
      core::on_submitted(core, *outcome, now, out);
    });
    answer(ticket, submitted_json(*outcome));
  });
}

void ClientDesk::Impl::retry(std::int64_t ticket, RetrySweep request) {
  if (stopping) return answer(ticket, fail(errc::stopping, "the coordinator is stopping"));
  request.at = world.now();
  const auto states = request.states;
  world.store.retry(std::move(request), [this, ticket, states](Result<RetryOutcome> outcome) {
    if (!outcome) return answer(ticket, propagate(outcome));
    world.event([&](core::Core& core, TimePoint now, core::Effects& out) {
      core::on_retried(core, *outcome, now, out);
    });
    answer(ticket, message_json(retried_sentence(*outcome, states)));
  });
}

void ClientDesk::Impl::explain(std::int64_t ticket, const std::string& prefix) {
  world.refresh_live();
  read(
      readers, [this, prefix] { return read_run(world.model, prefix); },
      [this, ticket](Result<RunDetail> run) {
        if (!run) return answer(ticket, propagate(run));
        answer(ticket, explain_json(*run, core::explain(world.core, run->id, world.now())));
      });
}

ClientDesk::ClientDesk(DeskWorld world) : impl_(std::make_unique<Impl>(std::move(world))) {}
ClientDesk::~ClientDesk() {
  stop();
}

void ClientDesk::on_request(const net::Peer& peer, protocol::Kind kind, std::string_view body) {
  ++impl_->requests;
  auto request = protocol::decode_client_request(kind, body);
  if (request) return impl_->take(peer, std::move(*request));
  ++impl_->bad;
  // Without an id of its own the answer cannot be matched; the sender sees it as the answer to what
  // it asked last.
  impl_->world.send(peer.id, encode_body(protocol::ClientReply{{}, propagate(request)}));
}

void ClientDesk::on_reply(core::Reply reply) {
  if (!reply.outcome) return impl_->answer(reply.request.value, propagate(reply.outcome));
  impl_->answer(reply.request.value, message_json(*reply.outcome));
}

std::size_t ClientDesk::open_requests() const {
  return impl_->tickets.size();
}

void ClientDesk::stop() {
  impl_->stopping = true;
  impl_->readers.join();
  impl_->expander.join();
}

std::vector<Counter> ClientDesk::counters() const {
  return {{"service.requests", "requests of clients", impl_->requests},
          {"service.bad_requests", "requests that could not be read", impl_->bad},
          {"service.repeated_requests", "commands that were asked again", impl_->repeated}};
}

}  // namespace scanyard::service
