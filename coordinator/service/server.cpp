#include "coordinator/service/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <map>

#include "common/build_info.hpp"
#include "common/net/secret_file.hpp"
#include "common/net/server_channel.hpp"
#include "common/protocol/codec.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/snapshot.hpp"
#include "coordinator/service/client_desk.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/live_board.hpp"
#include "coordinator/service/logging.hpp"
#include "coordinator/service/peer_table.hpp"
#include "coordinator/service/store_thread.hpp"
#include "coordinator/store/database_read_model.hpp"
#include "tasks/catalog/published.hpp"
#include "tasks/catalog/vocabulary.hpp"
#include "web/server.hpp"

namespace scanyard::service {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds tick_interval{200};
constexpr std::chrono::milliseconds stop_poll{10};
constexpr std::chrono::seconds stop_deadline{20};
constexpr int ticks_per_snapshot = 5;
constexpr int ticks_per_counters = 300;
constexpr std::size_t peers_max = 20'000;
constexpr std::int64_t pages_per_mb = 256;  // of 4 KiB

/// The wall clock as it was at the start, moved on by the steady one: setting the machine's clock
/// must not end leases.
TimePoint wall_clock() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  static const auto steady = std::chrono::steady_clock::now();
  static const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto passed = std::chrono::steady_clock::now() - steady;
  return {duration_cast<milliseconds>(wall).count() + duration_cast<milliseconds>(passed).count()};
}

std::vector<store::PublishedRow> published_rows() {
  std::vector<store::PublishedRow> rows;
  for (const auto& row : catalog::published_rows())
    rows.push_back({row.table, row.key.model, row.key.m, row.key.task, row.key.config, row.text});
  return rows;
}

/// The page's secret, made at the first start of a home without one.
Result<std::string> read_web_token(const Home& home) {
  std::error_code ignored;
  if (!std::filesystem::exists(home.web_token(), ignored)) {
    const std::string token = web::random_token();
    auto written = net::write_whole_file(home.web_token(), token + "\n", net::secret_mode,
                                         net::Existing::refuse);
    if (!written) return propagate(written, "writing the page's token");
    return token;
  }
  auto text = net::read_secret_file(home.web_token(), "remove it and start again");
  if (!text) return propagate(text, "reading the page's token");
  while (!text->empty() && (text->back() == '\n' || text->back() == ' '))
    text->pop_back();
  return text;
}

}  // namespace

struct Server::Impl {
  explicit Impl(Settings given) : settings(std::move(given)) {}
  ~Impl();

  Settings settings;
  std::string build{build_text()};
  std::string worker_join;
  asio::io_context io;
  net::Context context;
  std::unique_ptr<net::ZapHandler> zap;
  std::unique_ptr<net::ServerChannel> channel;
  std::unique_ptr<store::DatabaseReadModel> model;
  std::unique_ptr<StoreThread> store;
  std::unique_ptr<ClientDesk> desk;
  std::unique_ptr<web::Server> page;
  core::Core core;
  core::Effects effects;
  PeerTable peers;
  LiveBoard board;
  asio::steady_timer ticks{io};
  asio::signal_set signals{io};
  std::uint64_t ticks_done = 0;
  std::uint64_t live_version = 0;
  std::uint64_t live_change = UINT64_MAX;
  std::uint64_t wrong_role = 0, bad_bodies = 0, store_skipped = 0;
  std::map<std::string, std::uint64_t> counters_stored;
  bool stopping = false;
  int idle_turns = 0;
  std::chrono::steady_clock::time_point stop_by;

  Result<void> open(const Home& home);
  Result<void> open_database(const Home& home);
  Result<void> open_channel(const Home& home);
  Result<void> open_page(const Home& home);
  void open_desk();

  void event(const std::function<void(core::Core&, TimePoint, core::Effects&)>& happens);
  void on_message(const net::Peer& peer, const protocol::Header& header, std::string_view body);
  void on_worker(const net::Peer& peer, const protocol::Header& header, std::string_view body);
  void on_commit(const GroupCommit& commit);
  void refuse(const net::Peer& peer, const protocol::Header& header, const Error& error);

  void wait_for_tick();
  void tick();
  void refresh_live();
  std::string shown_endpoint() const;
  std::vector<Counter> counters() const;
  void store_counters();

  void on_signal(int signal);
  void wait_until_committed();
  void close();
};

Server::Impl::~Impl() {
  close();
}

Result<void> Server::Impl::open(const Home& home) {
  worker_join = home.worker_join().string();
  if (auto ok = open_database(home); !ok) return ok;
  open_desk();
  if (auto ok = open_channel(home); !ok) return ok;
  return open_page(home);
}

Result<void> Server::Impl::open_database(const Home& home) {
  const auto path = home.folder / settings.database;
  store::WriterOptions options;
  options.path = path;
  options.allow_network_file_system = settings.allow_network_file_system;
  options.pages_max = settings.database_mb_max * pages_per_mb;
  auto writer = store::Writer::open(options, wall_clock());
  if (!writer) return propagate(writer);
  auto open = (*writer)->load_open();
  if (!open) return propagate(open, "loading open runs");
  const auto rows = published_rows();
  if (auto ok = (*writer)->set_published(rows); !ok)
    return propagate(ok, "storing the published numbers");
  store::ReadModelOptions reading;
  reading.path = path;
  reading.live = [this] { return board.get(); };
  reading.build = build;
  reading.allow_network_file_system = settings.allow_network_file_system;
  auto reader = store::DatabaseReadModel::open(reading);
  if (!reader) return propagate(reader);
  model = std::move(*reader);
  core = core::start(settings.core, (*writer)->epoch(), *open, wall_clock(), effects);
  for (const auto& line : effects.log)
    log_event(line);
  effects.clear();
  store = std::make_unique<StoreThread>(
      std::move(*writer), [this](std::function<void()> call) { asio::post(io, std::move(call)); },
      [this](const GroupCommit& commit) { on_commit(commit); },
      [](const Error& error) { log_warning("store.trouble " + error.to_string()); });
  return {};
}

void Server::Impl::open_desk() {
  desk = std::make_unique<ClientDesk>(DeskWorld{
      .core = core,
      .store = *store,
      .model = *model,
      .vocabulary = catalog::vocabulary(),
      .runs_per_sweep_max = static_cast<std::uint64_t>(settings.runs_per_sweep_max),
      .event = [this](const auto& happens) { event(happens); },
      .refresh_live = [this] { refresh_live(); },
      .send = [this](
                  const std::string& peer,
                  std::string body) { channel->send(peer, protocol::reply_kind, std::move(body)); },
      .post = [this](std::function<void()> call) { asio::post(io, std::move(call)); },
      .now = wall_clock});
}

Result<void> Server::Impl::open_channel(const Home& home) {
  auto key = net::read_key_pair(home.server_key(), "scanyard init in a new folder");
  if (!key) return propagate(key);
  auto list = net::AllowList::load(home.allow_list());
  if (!list) return propagate(list);
  zap = std::make_unique<net::ZapHandler>(
      io, context, std::move(*list), [](const std::string& line) { log_warning("zap " + line); });
  if (auto ok = zap->start(); !ok) return ok;
  net::ServerOptions options;
  options.endpoint = settings.listen;
  options.key = *key;
  channel = std::make_unique<net::ServerChannel>(
      io, context, *zap, options,
      [this](const net::Peer& peer, const protocol::Header& header, std::string_view body) {
        on_message(peer, header, body);
      });
  return channel->start();
}

Result<void> Server::Impl::open_page(const Home& home) {
  if (!settings.web.enabled) return {};
  auto token = read_web_token(home);
  if (!token) return propagate(token);
  web::ServerOptions options;
  options.bind_address = settings.web.bind;
  options.port = static_cast<std::uint16_t>(settings.web.port);
  options.token = *token;
  options.host_names = settings.web.host_names;
  options.on_trouble = [](const std::string& line) { log_warning("page " + line); };
  refresh_live();
  auto started = web::Server::start(*model, std::move(options));
  if (!started) return propagate(started);
  page = std::move(*started);
  return {};
}

// ---------------------------------------------------------------- events

void Server::Impl::event(
    const std::function<void(core::Core&, TimePoint, core::Effects&)>& happens) {
  effects.clear();
  happens(core, wall_clock(), effects);
  for (auto& send : effects.sends) {
    if (const std::string* peer = peers.name_of(send.peer)) channel->send(*peer, send.message);
  }
  store->write(std::move(effects.writes));
  for (auto& reply : effects.replies)
    desk->on_reply(std::move(reply));
  for (const auto& line : effects.log)
    log_event(line);
}

void Server::Impl::on_message(const net::Peer& peer, const protocol::Header& header,
                              std::string_view body) {
  const bool of_worker = protocol::is_worker_kind(header.kind);
  if (of_worker != (peer.role == net::Role::worker)) {
    ++wrong_role;
    refuse(peer, header,
           Error(errc::wrong_role,
                 fmt::format("key '{}' is a {}'s: it may not send {}", peer.key_name,
                             net::to_text(peer.role), protocol::to_text(header.kind))));
    return;
  }
  if (of_worker) {
    on_worker(peer, header, body);
  } else {
    desk->on_request(peer, header.kind, body);
  }
}

void Server::Impl::on_worker(const net::Peer& peer, const protocol::Header& header,
                             std::string_view body) {
  // What comes now stays in the worker's outbox and is sent again to our successor.
  if (stopping) return;
  auto message = protocol::decode_worker_message(header.kind, body);
  if (!message) {
    ++bad_bodies;
    refuse(peer, header, message.error());
    return;
  }
  const bool bye = header.kind == protocol::Kind::bye;
  const core::PeerId number = peers.number_of(peer.id);
  event([&](core::Core& state, TimePoint now, core::Effects& out) {
    core::on_worker_message(state, number, peer.key_name, std::move(*message), now, out);
  });
  if (bye) channel->forget(peer.id);
  if (peers.size() > peers_max)
    peers.prune([&](core::PeerId one) { return core.workers.find(one).valid(); });
}

void Server::Impl::refuse(const net::Peer& peer, const protocol::Header& header,
                          const Error& error) {
  log_warning(fmt::format("message.refused peer={} key={} kind={} code={} message=\"{}\"", peer.id,
                          peer.key_name, protocol::to_text(header.kind), error.code().text,
                          error.to_string()));
  if (!protocol::is_client_request(header.kind)) {
    channel->send(peer.id, protocol::Refuse{std::string(error.code().text), error.to_string(),
                                            header.sequence});
  } else {
    channel->send(peer.id, protocol::reply_kind,
                  encode_body(protocol::ClientReply{{}, tl::unexpected(error)}));
  }
}

void Server::Impl::on_commit(const GroupCommit& commit) {
  if (!commit.outcome) {
    return event([&](core::Core& state, TimePoint now, core::Effects& out) {
      core::on_commit_failed(state, commit.last, commit.outcome.error(), now, out);
    });
  }
  const auto& done = *commit.outcome;
  const std::size_t skipped = done.duplicates.size() + done.unknown.size() + done.invalid.size();
  if (skipped > 0) {
    // The core lets through only what the database must take: this would be a fault of ours, worth
    // a line.
    store_skipped += skipped;
    log_warning(fmt::format("store.skipped duplicates={} unknown={} invalid={}",
                            done.duplicates.size(), done.unknown.size(), done.invalid.size()));
  }
  event([&](core::Core& state, TimePoint now, core::Effects& out) {
    core::on_committed(state, commit.last, now, out);
  });
}

// ---------------------------------------------------------------- time

void Server::Impl::wait_for_tick() {
  ticks.expires_after(tick_interval);
  ticks.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || stopping) return;
    tick();
    wait_for_tick();
  });
}

void Server::Impl::tick() {
  ++ticks_done;
  event(
      [](core::Core& state, TimePoint now, core::Effects& out) { core::on_tick(state, now, out); });
  if (ticks_done % ticks_per_snapshot == 0) refresh_live();
  if (ticks_done % ticks_per_counters == 0) store_counters();
}

/// What was asked for, or advertised; with the real port where any was asked for.
std::string Server::Impl::shown_endpoint() const {
  const std::string asked = advertised_endpoint(settings);
  if (!asked.ends_with(":0") || !channel) return asked;
  const std::string real = channel->endpoint();
  return asked.substr(0, asked.size() - 2) + real.substr(real.rfind(':'));
}

void Server::Impl::refresh_live() {
  auto live = std::make_shared<LiveStatus>(core::snapshot(core, wall_clock()));
  if (live_change != core.change_number) ++live_version;
  live_change = core.change_number;
  live->version = live_version;
  live->build = build;
  live->endpoint = shown_endpoint();
  live->worker_join = worker_join;
  live->counters = counters();
  board.put(std::move(live));
}

std::vector<Counter> Server::Impl::counters() const {
  std::vector<Counter> all = core::to_list(core.counters);
  const auto add = [&](std::vector<Counter> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
  };
  if (zap) add(zap->counters());
  if (channel) add(channel->counters());
  if (desk) add(desk->counters());
  add({{"service.wrong_role", "messages that the sender's role does not allow", wrong_role},
       {"protocol.bad_body", "messages of workers that could not be read", bad_bodies},
       {"service.store_skipped", "writes that the database had no use for", store_skipped}});
  return all;
}

void Server::Impl::store_counters() {
  std::vector<std::pair<std::string, std::uint64_t>> increments;
  for (const auto& counter : counters()) {
    auto& stored = counters_stored[counter.name];
    if (counter.value > stored) increments.emplace_back(counter.name, counter.value - stored);
    stored = counter.value;
  }
  store->add_to_counters(std::move(increments));
}

// ---------------------------------------------------------------- the end

void Server::Impl::on_signal(int signal) {
  if (stopping) {  // The second one does not wait for anything.
    log_warning("stopping at once");
    io.stop();
    return;
  }
  log_info(fmt::format("coordinator.stopping signal={}", signal));
  event(
      [](core::Core& state, TimePoint now, core::Effects& out) { core::on_stop(state, now, out); });
  stopping = true;
  stop_by = std::chrono::steady_clock::now() + stop_deadline;
  store_counters();
  wait_until_committed();
}

void Server::Impl::wait_until_committed() {
  const bool late = std::chrono::steady_clock::now() > stop_by;
  idle_turns = store->idle() && desk->open_requests() == 0 ? idle_turns + 1 : 0;
  // The store posts an outcome before it is idle, so a turn later the last one has been handled.
  if (late || idle_turns > 1) {
    if (late) log_warning("stopping without waiting any longer");
    io.stop();
    return;
  }
  ticks.expires_after(stop_poll);
  ticks.async_wait([this](const boost::system::error_code&) { wait_until_committed(); });
}

void Server::Impl::close() {
  if (page) page->stop();
  page.reset();
  if (desk) desk->stop();
  if (store) store->stop();
  if (channel) channel->stop();
  if (zap) zap->stop();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(const Home& home, const Settings& settings) {
  auto impl = std::make_unique<Impl>(settings);
  if (auto ok = impl->open(home); !ok) return propagate(ok);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

ExitCode Server::run() {
  Impl& impl = *impl_;
  impl.signals.add(SIGTERM);
  impl.signals.add(SIGINT);
  const std::function<void()> listen = [&] {
    impl.signals.async_wait([&](const boost::system::error_code& cancelled, int signal) {
      if (cancelled) return;
      impl.on_signal(signal);
      listen();
    });
  };
  listen();
  impl.wait_for_tick();
  log_info(fmt::format("coordinator.serving endpoint={} build=\"{}\"", endpoint(), impl.build));
  if (impl.page) log_info("page.serving address=" + impl.page->address());
  impl.io.run();
  impl.close();
  log_info("coordinator.stopped");
  return ExitCode::ok;
}

void Server::request_stop() {
  asio::post(impl_->io, [impl = impl_.get()] { impl->on_signal(SIGTERM); });
}

std::string Server::endpoint() const {
  return impl_->shown_endpoint();
}
std::string Server::page_address() const {
  return impl_->page ? impl_->page->address_with_token() : std::string();
}

}  // namespace scanyard::service
