#include "common/trainer_lines/lines.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>

#include "common/trainer_lines/errc.hpp"
#include "common/trainer_lines/fields.hpp"

namespace scanyard::trainer_lines {

using nlohmann::json;

namespace {

/// Real lines nest four deep; the limit keeps a hostile line from exhausting the stack when it is written again.
constexpr int depth_max = 64;
constexpr std::size_t quoted_bytes_max = 120;

// ---------------------------------------------------------------- writing

/// `text` as the value it spells. Text that is no JSON becomes a JSON string: the line stays well-formed, and the
/// trainer answers that the value is not an object.
json embedded(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json(text) : value;
}

json to_json(const std::vector<Replica>& replicas) {
  json all = json::array();
  for (const auto& replica : replicas) {
    json one = {{"run", replica.run.hex()}, {"values", embedded(replica.values_json)}};
    if (!replica.resume.empty()) one["resume"] = replica.resume;
    all.push_back(std::move(one));
  }
  return all;
}

json to_json(const EpochPoint& point) {
  return {{"epoch", point.epoch},
          {"step", point.step},
          {"train_loss", number_to_json(point.train_loss)},
          {"test_accuracy", number_to_json(point.test_accuracy)},
          {"test_micro_accuracy", number_to_json(point.test_micro_accuracy)},
          {"test_perplexity", number_to_json(point.test_perplexity)}};
}

json to_json(const std::optional<EpochPoint>& point) {
  return point ? to_json(*point) : json(nullptr);
}

json to_json(const RunOutcome& outcome) {
  return {{"diverged", outcome.diverged},
          {"solved", outcome.solved},
          {"epochs_done", outcome.epochs_done},
          {"steps_done", outcome.steps_done},
          {"at_lowest_perplexity", to_json(outcome.at_lowest_perplexity)},
          {"at_best_accuracy", to_json(outcome.at_best_accuracy)},
          {"at_last", to_json(outcome.at_last)},
          {"train_s", number_to_json(outcome.train_s)},
          {"pack_size", outcome.pack_size},
          {"device", outcome.device},
          {"build", outcome.build}};
}

struct Writer {
  json operator()(const Start& start) const {
    return {{"type", "start"},
            {"shape", embedded(start.shape_json)},
            {"replicas", to_json(start.replicas)}};
  }
  json operator()(const Add& add) const {
    return {{"type", "add"}, {"replicas", to_json(add.replicas)}};
  }
  json operator()(const Stop& stop) const {
    json runs = json::array();
    for (const auto& run : stop.runs) runs.push_back(run.hex());
    return {{"type", "stop"}, {"runs", std::move(runs)}};
  }
  json operator()(const Checkpoint& checkpoint) const {
    return {{"type", "checkpoint"}, {"folder", checkpoint.folder}};
  }
  json operator()(const Quit&) const { return {{"type", "quit"}}; }

  json operator()(const Ready& ready) const {
    return {{"type", "ready"},
            {"version", ready.version},
            {"device", ready.device},
            {"device_name", ready.device_name},
            {"build", ready.build}};
  }
  json operator()(const Started& started) const {
    return {{"type", "started"}, {"replicas", started.replicas}};
  }
  json operator()(const Alive& alive) const {
    return {{"type", "alive"}, {"steps_done", alive.steps_done}};
  }
  json operator()(const Epoch& epoch) const {
    return {{"type", "epoch"}, {"run", epoch.run.hex()}, {"point", to_json(epoch.point)}};
  }
  json operator()(const Checkpointed& done) const {
    return {{"type", "checkpointed"},
            {"run", done.run.hex()},
            {"path", done.path},
            {"epoch", done.epoch}};
  }
  json operator()(const Finished& finished) const {
    return {{"type", "finished"},
            {"run", finished.run.hex()},
            {"outcome", to_json(finished.outcome)}};
  }
  json operator()(const Failed& failed) const {
    return {{"type", "failed"},
            {"run", failed.run.hex()},
            {"reason", failed.reason},
            {"message", failed.message}};
  }
  json operator()(const Stopped& stopped) const {
    return {{"type", "stopped"}, {"run", stopped.run.hex()}};
  }
  json operator()(const Idle&) const { return {{"type", "idle"}}; }
};

template <class Variant>
std::string write(const Variant& line) {
  // Text from elsewhere (paths, device names, exception messages) may be no UTF-8; it is replaced, not thrown on.
  return std::visit(Writer{}, line).dump(-1, ' ', false, json::error_handler_t::replace);
}

// ---------------------------------------------------------------- reading

std::vector<Replica> replicas_of(Fields& line) {
  std::vector<Replica> replicas;
  for (auto& one : line.objects("replicas")) {
    replicas.push_back({one.run("run"), one.json_text("values"), one.text_or_empty("resume")});
  }
  return replicas;
}

EpochPoint point_of(Fields fields) {
  return {.epoch = fields.count32("epoch"),
          .step = fields.count("step"),
          .train_loss = fields.number("train_loss"),
          .test_accuracy = fields.number("test_accuracy"),
          .test_micro_accuracy = fields.number("test_micro_accuracy"),
          .test_perplexity = fields.number("test_perplexity")};
}

std::optional<EpochPoint> optional_point_of(Fields& fields, const char* name) {
  auto point = fields.optional_object(name);
  return point ? std::optional(point_of(*point)) : std::nullopt;
}

RunOutcome outcome_of(Fields fields) {
  RunOutcome outcome;
  outcome.diverged = fields.boolean("diverged");
  outcome.solved = fields.boolean("solved");
  outcome.epochs_done = fields.count32("epochs_done");
  outcome.steps_done = fields.count("steps_done");
  outcome.at_lowest_perplexity = optional_point_of(fields, "at_lowest_perplexity");
  outcome.at_best_accuracy = optional_point_of(fields, "at_best_accuracy");
  outcome.at_last = optional_point_of(fields, "at_last");
  outcome.train_s = fields.number("train_s");
  outcome.pack_size = fields.count32("pack_size");
  outcome.device = fields.text("device");
  outcome.build = fields.text("build");
  return outcome;
}

/// Nothing when `type` is no command.
std::optional<Command> command_of(const std::string& type, Fields& line) {
  if (type == "start") return Start{line.json_text("shape"), replicas_of(line)};
  if (type == "add") return Add{replicas_of(line)};
  if (type == "stop") return Stop{line.runs("runs")};
  if (type == "checkpoint") return Checkpoint{line.text("folder")};
  if (type == "quit") return Quit{};
  return std::nullopt;
}

/// Nothing when `type` is no event.
std::optional<Event> event_of(const std::string& type, Fields& line) {
  if (type == "ready") {
    return Ready{static_cast<int>(line.count32("version")), line.text("device"),
                 line.text("device_name"), line.text("build")};
  }
  if (type == "started") return Started{line.count32("replicas")};
  if (type == "alive") return Alive{line.count("steps_done")};
  if (type == "epoch") return Epoch{line.run("run"), point_of(line.object("point"))};
  if (type == "checkpointed") {
    return Checkpointed{line.run("run"), line.text("path"), line.count32("epoch")};
  }
  if (type == "finished") return Finished{line.run("run"), outcome_of(line.object("outcome"))};
  if (type == "failed") return Failed{line.run("run"), line.text("reason"), line.text("message")};
  if (type == "stopped") return Stopped{line.run("run")};
  if (type == "idle") return Idle{};
  return std::nullopt;
}

/// The start of a line for an error message; control bytes and what is no ASCII are shown as '?'.
std::string quoted(std::string_view line) {
  std::string text(line.substr(0, quoted_bytes_max));
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return line.size() > quoted_bytes_max ? text + "..." : text;
}

template <class Variant, class Reader>
Result<Variant> parse(std::string_view line, const char* kind, Reader reader) {
  const auto bad = [&](std::string_view what) {
    return fail(errc::bad_line, fmt::format("not a trainer {}: {}: {}", kind, what, quoted(line)));
  };
  if (line.size() > line_bytes_max) {
    return bad(fmt::format("longer than {} bytes", line_bytes_max));
  }
  bool too_deep = false;
  const auto within_depth = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > depth_max;
    return !too_deep;
  };
  const json object = json::parse(line, within_depth, false);
  if (too_deep) return bad(fmt::format("nested deeper than {}", depth_max));
  if (object.is_discarded()) return bad("no valid JSON");

  std::string first_error;
  Fields fields(object, "", first_error);
  const std::string type = fields.text("type");
  if (!first_error.empty()) return bad(first_error);
  std::optional<Variant> parsed = reader(type, fields);
  if (!parsed) return bad("unknown type");
  if (!first_error.empty()) return bad(first_error);
  return std::move(*parsed);
}

}  // namespace

std::string to_line(const Command& command) { return write(command); }
std::string to_line(const Event& event) { return write(event); }

Result<Command> parse_command(std::string_view line) {
  return parse<Command>(line, "command", command_of);
}

Result<Event> parse_event(std::string_view line) { return parse<Event>(line, "event", event_of); }

}  // namespace scanyard::trainer_lines
