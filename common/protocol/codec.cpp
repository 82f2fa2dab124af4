#include "common/protocol/codec.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "common/assert.hpp"
#include "common/protocol/codec_reader.hpp"
#include "common/protocol/codec_writer.hpp"
#include "common/protocol/errc.hpp"

namespace scanyard::protocol {
namespace {

/// What members say about each other, beyond their own types and ranges.
void check_together(CodecReader&, const auto&) {}

void check_together(CodecReader& reader, const AttemptReport& report) {
  const bool has_result = report.end == AttemptEnd::finished || report.end == AttemptEnd::diverged;
  if (report.outcome.has_value() != has_result) {
    reader.fail_here(errc::bad_value, "must have an outcome exactly when it finished or diverged");
  } else if (has_result && report.outcome->diverged != (report.end == AttemptEnd::diverged)) {
    reader.fail_here(errc::bad_value, "contradicts its outcome about having diverged");
  } else if (has_result &&
             !(std::isfinite(report.outcome->train_s) && report.outcome->train_s >= 0)) {
    reader.fail_here(errc::bad_value, "must have a finite train_s");
  }
}

void check_together(CodecReader& reader, const Results& results) {
  for (const auto& report : results.reports)
    check_together(reader, report);
}

template <class T>
std::string write_body(const T& value) {
  std::string body;
  CodecWriter(body).write(value, any);
  return body;
}

template <class T>
Result<T> read_body(std::string_view body) {
  if (body.size() > limits::reply_bytes_max) {
    return fail(errc::too_large, fmt::format("a body of {} bytes is above {}", body.size(),
                                             limits::reply_bytes_max));
  }
  T value;
  CodecReader reader(body);
  reader.read(value, any);
  check_together(reader, value);
  if (auto done = reader.finish(); !done) return propagate(done);
  return value;
}

template <class Message, class T>
Result<Message> read_as(std::string_view body) {
  auto value = read_body<T>(body);
  if (!value) return propagate(value);
  return Message(std::move(*value));
}

/// Decoders of a variant's alternatives, in its order, which is also the order of their kinds.
template <class Message>
struct Alternatives;
template <class... Ts>
struct Alternatives<std::variant<Ts...>> {
  using Message = std::variant<Ts...>;
  static constexpr std::array<Result<Message> (*)(std::string_view), sizeof...(Ts)> decoders = {
      &read_as<Message, Ts>...};
};

template <class Message>
Result<Message> decode(Kind kind, Kind first, std::string_view body) {
  const auto& decoders = Alternatives<Message>::decoders;
  const auto index = static_cast<std::size_t>(kind) - static_cast<std::size_t>(first);
  if (index >= decoders.size()) {
    return fail(errc::unknown_kind,
                fmt::format("'{}' is no message that this side takes", to_text(kind)));
  }
  auto message = decoders[index](body);
  if (!message) return propagate(message, to_text(kind));
  return message;
}

template <class Message>
std::string body_of(const Message& message) {
  return std::visit([](const auto& alternative) { return write_body(alternative); }, message);
}

void clip(std::string& text, std::int64_t bytes_max) {
  if (!is_valid_utf8(text)) text = to_valid_utf8(text);
  text = std::string(utf8_prefix(text, static_cast<std::size_t>(bytes_max)));
}

}  // namespace

Kind kind_of(const WorkerMessage& message) {
  return static_cast<Kind>(static_cast<std::size_t>(Kind::hello) + message.index());
}

Kind kind_of(const CoordinatorMessage& message) {
  return static_cast<Kind>(static_cast<std::size_t>(Kind::welcome) + message.index());
}

std::string encode_body(const WorkerMessage& message) {
  return body_of(message);
}
std::string encode_body(const CoordinatorMessage& message) {
  return body_of(message);
}

Frames encode(const WorkerMessage& message, std::uint64_t sequence) {
  return {encode_header({kind_of(message), sequence}), body_of(message)};
}

Frames encode(const CoordinatorMessage& message, std::uint64_t sequence) {
  return {encode_header({kind_of(message), sequence}), body_of(message)};
}

Frames encode_opaque(Kind kind, std::uint64_t sequence, std::string body) {
  SCANYARD_ASSERT(is_client_request(kind) || is_client_reply(kind),
                  "only client bodies are opaque");
  return {encode_header({kind, sequence}), std::move(body)};
}

Result<WorkerMessage> decode_worker_message(Kind kind, std::string_view body) {
  return decode<WorkerMessage>(kind, Kind::hello, body);
}

Result<CoordinatorMessage> decode_coordinator_message(Kind kind, std::string_view body) {
  return decode<CoordinatorMessage>(kind, Kind::welcome, body);
}

std::string encode_report(const AttemptReport& report) {
  return write_body(report);
}

Result<AttemptReport> decode_report(std::string_view body) {
  return read_body<AttemptReport>(body);
}

void clip_to_limits(AttemptReport& report) {
  clip(report.reason, limits::code_bytes_max);
  clip(report.message, limits::message_bytes_max);
  if (!is_valid_utf8(report.log_tail)) report.log_tail = to_valid_utf8(report.log_tail);
  // Of a log the end says what happened; of everything else the start does.
  report.log_tail = std::string(utf8_suffix(report.log_tail, limits::log_tail_bytes_max));
  if (report.outcome) {
    clip(report.outcome->device, limits::name_bytes_max);
    clip(report.outcome->build, limits::name_bytes_max);
  }
  if (report.curve.size() > limits::curve_points_max) {
    report.curve.erase(report.curve.begin(), report.curve.end() - limits::curve_points_max);
  }
}

}  // namespace scanyard::protocol
