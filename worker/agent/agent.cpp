#include "worker/agent/agent.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>

#include "common/assert.hpp"
#include "common/net/client_channel.hpp"
#include "common/protocol/codec.hpp"
#include "worker/agent/checkpoints.hpp"
#include "worker/agent/log.hpp"
#include "worker/agent/machine.hpp"
#include "worker/agent/outbox_thread.hpp"
#include "worker/agent/state_folder.hpp"
#include "worker/agent/trainers.hpp"
#include "worker/core/core.hpp"

namespace scanyard::worker {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds look_around_interval{StateFolder::alive_interval_s};

/// Wall time that never jumps: the clock is read once and then follows the steady one, so that a
/// correction of the clock kills no trainer.
class Clock {
 public:
  TimePoint now() const {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    const auto passed = duration_cast<milliseconds>(std::chrono::steady_clock::now() - steady_);
    const auto base = duration_cast<milliseconds>(wall_.time_since_epoch());
    return {base.count() + passed.count()};
  }

 private:
  std::chrono::system_clock::time_point wall_ = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point steady_ = std::chrono::steady_clock::now();
};

}  // namespace

CoreConfig core_config(const AgentConfig& config) {
  CoreConfig core;
  core.step_deadline = config.step_deadline;
  core.first_step_deadline = std::max(config.first_step_deadline, config.step_deadline);
  core.ready_deadline = config.ready_deadline;
  core.checkpoint_interval = config.checkpoint_interval;
  core.shutdown_reserve = {std::min<std::int64_t>(5'000, config.shutdown_deadline.ms / 3)};
  return core;
}

std::vector<SlotInfo> cpu_slots(const AgentConfig& config) {
  const int threads = config.threads > 0 ? config.threads : std::max(1, cpu_count() / config.slots);
  const double share = 0.9 * static_cast<double>(memory_bytes()) / config.slots;
  const double bytes = config.memory_gb > 0 ? config.memory_gb * 1e9 : share;
  std::vector<SlotInfo> slots;
  for (std::int32_t i = 0; i < config.slots; ++i) {
    slots.push_back(
        {{i}, "cpu", cpu_name(), threads, static_cast<std::int64_t>(bytes), config.max_replicas});
  }
  return slots;
}

std::vector<SlotInfo> gpu_slots(const AgentConfig& config, const std::vector<GpuDevice>& gpus) {
  const int all = config.slots * static_cast<int>(gpus.size());
  const int threads = config.threads > 0 ? config.threads : std::max(1, cpu_count() / all);
  std::vector<SlotInfo> slots;
  for (const GpuDevice& gpu : gpus) {
    const double share = 0.9 * static_cast<double>(gpu.memory_bytes) / config.slots;
    const double bytes = config.memory_gb > 0 ? config.memory_gb * 1e9 : share;
    for (std::int32_t i = 0; i < config.slots; ++i) {
      slots.push_back({{static_cast<std::int32_t>(slots.size())},
                       gpu.device,
                       gpu.device_name,
                       threads,
                       static_cast<std::int64_t>(bytes),
                       config.max_replicas});
    }
  }
  return slots;
}

struct Agent::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& io_context, AgentOptions agent_options,
       std::function<void(const std::string&)> exit)
      : io(io_context),
        options(std::move(agent_options)),
        on_exit(std::move(exit)),
        timer(io_context),
        around_timer(io_context),
        walltime_timer(io_context) {}

  asio::io_context& io;
  AgentOptions options;
  std::function<void(const std::string&)> on_exit;
  Clock clock;
  std::optional<StateFolder> folder;
  std::optional<Checkpoints> checkpoints;
  std::optional<Core> core;
  net::Context context;
  std::unique_ptr<net::ClientChannel> channel;
  std::unique_ptr<Trainers> trainers;
  std::unique_ptr<OutboxThread> outbox;
  asio::steady_timer timer, around_timer, walltime_timer;
  std::optional<TimePoint> tick_at;   ///< when `timer` fires
  std::optional<TimePoint> leave_at;  ///< when walltime is over
  bool stopped = false;
  bool version_said = false;

  Result<void> start();
  Result<std::vector<AttemptReport>> open_outbox(std::optional<Outbox>& opened);
  void make_outbox_thread(Outbox opened);
  void make_trainers();
  Result<void> make_channel();
  void plan_walltime();
  void carry_out(Effects effects);
  void carry_out(Effect& effect);
  void tick_later();
  void look_around_later();
  void on_message(const protocol::Header& header, std::string_view body);
  void on_link(net::Link link, const std::string& why);
  void on_dropped(const Error& error);
  void stop();
};

Result<void> Agent::Impl::start() {
  auto claimed =
      StateFolder::claim(options.config.state_dir, options.identity.server_key, options.host);
  if (!claimed) return propagate(claimed);
  folder.emplace(std::move(*claimed));
  checkpoints.emplace(folder->checkpoints());
  std::optional<Outbox> opened;
  auto reports = open_outbox(opened);
  if (!reports) return propagate(reports);

  const WorkerInfo info{folder->name(), net::random_id(), options.host, options.build,
                        options.slots};
  log_line(spdlog::level::info, "worker.start",
           {{"name", info.name},
            {"slots", std::to_string(info.slots.size())},
            {"threads", std::to_string(info.slots.front().threads)},
            {"trainer", options.config.train_program},
            {"state", options.config.state_dir},
            {"coordinator", options.identity.endpoint}});
  core.emplace(options.core, info, std::move(*reports));
  make_outbox_thread(std::move(*opened));
  make_trainers();
  if (auto made = make_channel(); !made) return propagate(made);
  plan_walltime();
  carry_out(core->on_start(clock.now()));
  outbox->look_around();
  look_around_later();
  return {};
}

Result<std::vector<AttemptReport>> Agent::Impl::open_outbox(std::optional<Outbox>& opened) {
  Outbox::Opened found;
  auto box = Outbox::open(folder->outbox(), found);
  if (!box) return propagate(box);
  if (found.torn_bytes > 0) {
    log_line(spdlog::level::warn, "outbox.torn_tail_removed",
             {{"bytes", std::to_string(found.torn_bytes)}});
  }
  if (found.damaged_bytes > 0) {
    log_line(
        spdlog::level::err, "outbox.damaged",
        {{"bytes", std::to_string(found.damaged_bytes)}, {"copy", found.damaged_copy.string()}});
  }
  opened.emplace(std::move(*box));
  return std::move(found.reports);
}

void Agent::Impl::make_outbox_thread(Outbox opened) {
  outbox = std::make_unique<OutboxThread>(
      io, std::move(opened), *folder,
      OutboxThread::Callbacks{
          [this](const std::vector<ReportKey>& keys) {
            carry_out(core->on_stored(keys, clock.now()));
          },
          [this](const std::vector<ReportKey>& keys, const std::string& why) {
            carry_out(core->on_store_failed(keys, why, clock.now()));
          },
          [this](std::vector<AttemptReport> reports) {
            carry_out(core->on_adopted(std::move(reports), clock.now()));
          },
          [](const std::string& what) {
            log_line(spdlog::level::warn, "outbox.left_behind", {{"message", what}});
          }});
}

void Agent::Impl::make_trainers() {
  std::map<SlotId, SlotInfo> slots;
  for (const auto& slot : options.slots)
    slots[slot.slot] = slot;
  trainers = std::make_unique<Trainers>(
      io, Trainers::Options{options.config.train_program, folder->logs(), slots}, *checkpoints,
      Trainers::Callbacks{[this](SlotId slot, std::int64_t instance,
                                 const trainer_lines::Event& event, const std::string& log_tail) {
                            carry_out(core->on_trainer_event(slot, instance, event, clock.now(),
                                                             log_tail));
                          },
                          [this](SlotId slot, std::int64_t instance, const std::string& what) {
                            carry_out(core->on_trainer_bad_line(slot, instance, what, clock.now()));
                          },
                          [this](SlotId slot, std::int64_t instance, const TrainerExit& exit) {
                            carry_out(core->on_trainer_exit(slot, instance, exit, clock.now()));
                          }});
}

Result<void> Agent::Impl::make_channel() {
  net::ClientOptions client;
  client.endpoint = options.identity.endpoint;
  client.server_key = options.identity.server_key;
  client.key = options.identity.key;
  client.instance = net::random_id();
  channel = std::make_unique<net::ClientChannel>(
      io, context, client,
      [this](const protocol::Header& header, std::string_view body) { on_message(header, body); },
      [this](net::Link link, const std::string& why) { on_link(link, why); },
      [this](const Error& error) { on_dropped(error); });
  return channel->start();
}

/// Leaves by itself before the site's scheduler ends the allocation.
void Agent::Impl::plan_walltime() {
  if (options.config.walltime.ms == 0) return;
  leave_at = clock.now() + options.config.walltime;
  const auto ms = options.config.walltime.ms - options.config.shutdown_deadline.ms;
  walltime_timer.expires_after(std::chrono::milliseconds(ms));
  walltime_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->stopped || self->core->leaving()) return;
    const TimePoint now = self->clock.now();
    self->carry_out(
        self->core->on_shutdown("walltime", now + self->options.config.shutdown_deadline, now));
  });
}

void Agent::Impl::carry_out(Effects effects) {
  for (auto& effect : effects) {
    if (stopped) return;
    carry_out(effect);
  }
  if (!stopped) tick_later();
}

void Agent::Impl::carry_out(Effect& effect) {
  std::visit(
      [&](auto& wanted) {
        using Wanted = std::decay_t<decltype(wanted)>;
        if constexpr (std::is_same_v<Wanted, Send>) {
          channel->send(wanted.message);
        } else if constexpr (std::is_same_v<Wanted, StartTrainer>) {
          trainers->start(wanted);
        } else if constexpr (std::is_same_v<Wanted, TellTrainer>) {
          trainers->tell(std::move(wanted));
        } else if constexpr (std::is_same_v<Wanted, KillTrainer>) {
          trainers->kill(wanted);
        } else if constexpr (std::is_same_v<Wanted, Store>) {
          outbox->store(std::move(wanted.report));
        } else if constexpr (std::is_same_v<Wanted, Forget>) {
          outbox->forget(std::move(wanted.items));
        } else if constexpr (std::is_same_v<Wanted, DropCheckpoint>) {
          checkpoints->drop(wanted.run);
        } else if constexpr (std::is_same_v<Wanted, Note>) {
          log_note(wanted);
        } else {
          static_assert(std::is_same_v<Wanted, Exit>, "every effect is carried out");
          const std::string reason = wanted.reason;
          stop();
          on_exit(reason);
        }
      },
      effect);
}

void Agent::Impl::tick_later() {
  const TimePoint now = clock.now();
  const TimePoint next = std::max(now + Duration{1}, core->next_tick(now));
  if (tick_at && *tick_at <= next) return;  // it fires early enough, and then looks again
  tick_at = next;
  timer.expires_after(std::chrono::milliseconds((next - now).ms));
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->stopped) return;
    self->tick_at.reset();
    if (self->leave_at) {
      const auto left_ms = (*self->leave_at - self->clock.now()).ms;
      self->core->set_walltime_left(std::max<std::int64_t>(0, left_ms / 1000));
    }
    self->carry_out(self->core->on_tick(self->clock.now()));
  });
}

void Agent::Impl::look_around_later() {
  around_timer.expires_after(look_around_interval);
  around_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->stopped) return;
    self->outbox->look_around();
    self->look_around_later();
  });
}

void Agent::Impl::on_message(const protocol::Header& header, std::string_view body) {
  const auto message = protocol::decode_coordinator_message(header.kind, body);
  if (!message) return on_dropped(message.error());
  carry_out(core->on_message(*message, clock.now()));
}

void Agent::Impl::on_dropped(const Error& error) {
  const bool again = std::exchange(version_said, true);
  log_line(again ? spdlog::level::debug : spdlog::level::err, "message.dropped",
           {{"code", std::string(error.code().text)}, {"message", error.to_string()}});
}

void Agent::Impl::on_link(net::Link link, const std::string& why) {
  const bool good = link == net::Link::connected;
  log_line(good ? spdlog::level::info : spdlog::level::warn,
           "link." + std::string(net::to_text(link)), {{"message", why}});
  carry_out(good ? core->on_connected(clock.now()) : core->on_disconnected(clock.now()));
}

void Agent::Impl::stop() {
  if (stopped) return;
  stopped = true;
  timer.cancel();
  around_timer.cancel();
  walltime_timer.cancel();
  if (channel) channel->stop();
  if (trainers) trainers->clear();
  if (outbox) outbox->stop();
}

Agent::Agent(asio::io_context& io, AgentOptions options,
             std::function<void(const std::string&)> on_exit)
    : impl_(std::make_shared<Impl>(io, std::move(options), std::move(on_exit))) {}

Agent::~Agent() {
  stop();
}

Result<void> Agent::start() {
  return impl_->start();
}

void Agent::shut_down(const std::string& reason) {
  if (impl_->stopped || !impl_->core) return;
  const TimePoint now = impl_->clock.now();
  impl_->carry_out(
      impl_->core->on_shutdown(reason, now + impl_->options.config.shutdown_deadline, now));
}

void Agent::stop() {
  impl_->stop();
}

const std::string& Agent::name() const {
  SCANYARD_ASSERT(impl_->folder.has_value(), "an agent has its name after start()");
  return impl_->folder->name();
}

}  // namespace scanyard::worker
