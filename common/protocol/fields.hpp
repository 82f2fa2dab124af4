//! The members of every structure on the wire, each described once for writing and reading:
//! `f("name", member, limit)`. A visitor `f` (codec_writer.hpp, codec_reader.hpp) decides what
//! happens. An std::optional member may be absent; every other one is required.
#pragma once

#include <cstdint>
#include <type_traits>

#include "common/protocol/limits.hpp"
#include "common/protocol/messages.hpp"

namespace scanyard::protocol {

/// Range of an integer, or of the size of a text (bytes) or list (elements).
struct Limit {
  std::int64_t minimum = 0;
  std::int64_t maximum = INT64_MAX;
  bool clip =
      false;  ///< a sentence for a person: the writer shortens and repairs it, never asserts
};

inline constexpr Limit any{};
inline constexpr Limit count32{0, INT32_MAX};
inline constexpr Limit name_text{0, limits::name_bytes_max};
inline constexpr Limit code_text{0, limits::code_bytes_max};
inline constexpr Limit message_text{0, limits::message_bytes_max, true};
inline constexpr Limit json_text{0, limits::json_bytes_max};
inline constexpr Limit slot_list{0, limits::slots_max};
inline constexpr Limit item_list{0, limits::items_per_message_max};

/// True for T and const T, so that one description serves the writer and the reader.
template <class Given, class T>
concept Either = std::is_same_v<std::remove_const_t<Given>, T>;

template <class F>
void fields(F& f, Either<SlotInfo> auto& x) {
  f("slot", x.slot, count32);
  f("device", x.device, name_text);
  f("device_name", x.device_name, name_text);
  f("threads", x.threads, Limit{0, 65536});
  f("memory_bytes", x.memory_bytes, any);
  f("max_replicas", x.max_replicas, Limit{1, limits::replicas_max});
}

template <class F>
void fields(F& f, Either<WorkerInfo> auto& x) {
  f("name", x.name, Limit{1, limits::name_bytes_max});
  f("instance", x.instance, Limit{1, limits::name_bytes_max});
  f("host", x.host, name_text);
  f("build", x.build, name_text);
  f("slots", x.slots, slot_list);
}

template <class F>
void fields(F& f, Either<RunOutcome> auto& x) {
  f("diverged", x.diverged, any);
  f("solved", x.solved, any);
  f("epochs_done", x.epochs_done, count32);
  f("steps_done", x.steps_done, any);
  f("at_lowest_perplexity", x.at_lowest_perplexity, any);
  f("at_best_accuracy", x.at_best_accuracy, any);
  f("at_last", x.at_last, any);
  f("train_s", x.train_s, any);
  f("pack_size", x.pack_size, Limit{1, INT32_MAX});
  f("device", x.device, name_text);
  f("build", x.build, name_text);
}

template <class F>
void fields(F& f, Either<AttemptReport> auto& x) {
  f("run", x.run, any);
  f("token", x.token, any);
  f("end", x.end, any);
  f("reason", x.reason, code_text);
  f("message", x.message, message_text);
  f("log_tail", x.log_tail, Limit{0, limits::log_tail_bytes_max});
  f("started", x.started, any);
  f("ended", x.ended, any);
  f("slot", x.slot, count32);
  f("outcome", x.outcome, any);
  f("curve", x.curve, Limit{0, limits::curve_points_max});
}

template <class F>
void fields(F& f, Either<ProgressPoint> auto& x) {
  f("run", x.run, any);
  f("token", x.token, any);
  f("point", x.point, any);
}

template <class F>
void fields(F& f, Either<RunningReplica> auto& x) {
  f("run", x.run, any);
  f("token", x.token, any);
  f("slot", x.slot, count32);
}

template <class F>
void fields(F& f, Either<Hello> auto& x) {
  f("worker", x.worker, any);
  f("running", x.running, Limit{0, limits::attempts_max});
  f("outbox_records", x.outbox_records, any);
  f("walltime_left_s", x.walltime_left_s, any);
}

template <class F>
void fields(F& f, Either<SlotActivity> auto& x) {
  f("slot", x.slot, count32);
  f("steps_done", x.steps_done, any);
  f("replicas", x.replicas, Limit{0, limits::replicas_max});
  f("trouble", x.trouble, code_text);
}

template <class F>
void fields(F& f, Either<Heartbeat> auto& x) {
  f("slots", x.slots, slot_list);
  f("outbox_records", x.outbox_records, any);
  f("held", x.held, Limit{0, limits::attempts_max});
}

template <class F>
void fields(F& f, Either<Want> auto& x) {
  f("slot", x.slot, count32);
  f("replicas", x.replicas, Limit{0, limits::replicas_max});
  f("same_shape_only", x.same_shape_only, any);
}

template <class F>
void fields(F& f, Either<Progress> auto& x) {
  f("points", x.points, Limit{0, limits::points_per_message_max});
}

template <class F>
void fields(F& f, Either<Results> auto& x) {
  f("reports", x.reports, Limit{0, limits::reports_per_message_max});
}

template <class F>
void fields(F& f, Either<Release::Item> auto& x) {
  f("run", x.run, any);
  f("token", x.token, any);
}

template <class F>
void fields(F& f, Either<Release> auto& x) {
  f("items", x.items, item_list);
  f("reason", x.reason, message_text);
}

template <class F>
void fields(F& f, Either<Bye> auto& x) {
  f("reason", x.reason, message_text);
}

template <class F>
void fields(F& f, Either<Welcome> auto& x) {
  f("epoch", x.epoch, any);
  f("heartbeat_ms", x.heartbeat, Limit{1, 3'600'000});
  f("lease_ms", x.lease, Limit{1, 86'400'000});
  f("adopted", x.adopted, item_list);
  f("dropped", x.dropped, item_list);
}

template <class F>
void fields(F& f, Either<GrantedReplica> auto& x) {
  f("run", x.run, any);
  f("token", x.token, any);
  f("values", x.values_json, json_text);
}

template <class F>
void fields(F& f, Either<Grant> auto& x) {
  f("slot", x.slot, count32);
  f("shape", x.shape_json, json_text);
  f("replicas", x.replicas, Limit{1, limits::replicas_max});
}

template <class F>
void fields(F& f, Either<Acknowledged> auto& x) {
  f("run", x.run, any);
  f("token", x.token, any);
  f("verdict", x.verdict, any);
}

template <class F>
void fields(F& f, Either<Ack> auto& x) {
  f("items", x.items, item_list);
}

template <class F>
void fields(F& f, Either<Revoke> auto& x) {
  f("tokens", x.tokens, item_list);
  f("reason", x.reason, message_text);
}

template <class F>
void fields(F& f, Either<Drain> auto& x) {
  f("reason", x.reason, message_text);
}

template <class F>
void fields(F& f, Either<Refuse> auto& x) {
  f("code", x.code, code_text);
  f("message", x.message, message_text);
  f("sequence", x.sequence, any);
}

template <class F>
void fields(F& f, Either<Who> auto& x) {
  f("epoch", x.epoch, any);
}

}  // namespace scanyard::protocol
