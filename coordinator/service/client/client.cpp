#include "coordinator/service/client/client.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <optional>

#include "common/net/client_channel.hpp"
#include "common/text.hpp"
#include "coordinator/service/errc.hpp"

namespace scanyard::service {
namespace {

using Clock = std::chrono::steady_clock;

/// Silence after which a question is asked again, on a connection that looks alive.
constexpr std::chrono::seconds ask_again{30};
constexpr std::chrono::milliseconds turn{100};

double seconds(std::chrono::milliseconds span) {
  return static_cast<double>(span.count()) / 1e3;
}

}  // namespace

struct Client::Impl {
  Impl(const net::JoinFile& given, const ClientTimeouts& waits) : join(given), timeouts(waits) {}

  net::JoinFile join;
  ClientTimeouts timeouts;
  boost::asio::io_context io;
  net::Context context;
  std::unique_ptr<net::ClientChannel> channel;
  net::Link link = net::Link::connecting;
  std::string why;         ///< of the link's state
  std::string request_id;  ///< of the question that is open
  std::optional<Result<std::string>> answer;

  Result<void> start();
  void on_message(const protocol::Header& header, std::string_view body);
  Error link_error() const;
};

Result<void> Client::Impl::start() {
  net::ClientOptions options;
  options.endpoint = join.endpoint;
  options.server_key = join.server_key;
  options.key = join.key;
  options.instance = net::random_id();
  options.reconnect_max = Duration{1'000};
  channel = std::make_unique<net::ClientChannel>(
      io, context, std::move(options),
      [this](const protocol::Header& header, std::string_view body) { on_message(header, body); },
      [this](net::Link now, const std::string& reason) {
        link = now;
        why = reason;
      },
      [this](const Error& error) { answer = tl::unexpected(error); });
  return channel->start();
}

void Client::Impl::on_message(const protocol::Header& header, std::string_view body) {
  if (header.kind != protocol::reply_kind) return;
  auto reply = protocol::decode_client_reply(body);
  if (!reply) {
    answer = propagate(reply, "the coordinator's answer");
  } else if (reply->id == request_id || reply->id.empty()) {
    answer = std::move(reply->value_json);
  }
}

Error Client::Impl::link_error() const {
  if (link == net::Link::refused || link == net::Link::wrong_server) {
    return Error(errc::refused, fmt::format("the coordinator at {} does not let this key in: {}",
                                            join.endpoint, why));
  }
  return Error(errc::unreachable,
               fmt::format("cannot reach the coordinator at {}: nobody answered for {}; is it "
                           "running? Start it with: scanyard serve",
                           join.endpoint, human_duration(seconds(timeouts.connect))));
}

Result<std::unique_ptr<Client>> Client::open(const net::JoinFile& join,
                                             const ClientTimeouts& timeouts) {
  auto impl = std::make_unique<Impl>(join, timeouts);
  if (auto ok = impl->start(); !ok) return propagate(ok);
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() {
  impl_->channel->stop();
}

const std::string& Client::endpoint() const {
  return impl_->join.endpoint;
}

Result<std::string> Client::ask(const protocol::ClientQuestion& question) {
  Impl& impl = *impl_;
  impl.request_id = net::random_id();
  impl.answer.reset();
  const std::string body = encode_body(protocol::ClientRequest{impl.request_id, question});
  const protocol::Kind kind = protocol::kind_of(question);
  auto connect_by = Clock::now() + impl.timeouts.connect;
  std::optional<Clock::time_point> answer_by;
  std::optional<Clock::time_point> sent_at;
  while (!impl.answer) {
    const auto now = Clock::now();
    if (impl.link == net::Link::connected) {
      if (!answer_by) answer_by = now + impl.timeouts.answer;
      if (!sent_at || now - *sent_at >= ask_again) {
        if (impl.channel->send(kind, body) != 0) sent_at = now;
      }
      connect_by = now + impl.timeouts.connect;
    } else {
      sent_at.reset();  // What was on its way is lost with the connection.
      const bool hopeless = impl.link == net::Link::refused || impl.link == net::Link::wrong_server;
      if (hopeless || now > connect_by) return tl::unexpected(impl.link_error());
    }
    if (answer_by && now > *answer_by) {
      return fail(errc::no_answer,
                  fmt::format("the coordinator at {} did not answer within {}", impl.join.endpoint,
                              human_duration(seconds(impl.timeouts.answer))));
    }
    impl.io.restart();
    impl.io.run_one_for(turn);
  }
  return std::move(*impl.answer);
}

}  // namespace scanyard::service
