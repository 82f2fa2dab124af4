#include "coordinator/store/attempt_table.hpp"

#include <nlohmann/json.hpp>

namespace scanyard::store {
namespace {

constexpr const char* insert_result_sql =
    "INSERT INTO result (run, token_epoch, token_number, worker, slot, started_ms, ended_ms, "
    "solved, epochs_done, steps_done, train_s, pack_size, device, build, reason, message, "
    "log_tail, "
    "low_epoch, low_step, low_loss, low_accuracy, low_micro, low_perplexity, "
    "best_epoch, best_step, best_loss, best_accuracy, best_micro, best_perplexity, "
    "last_epoch, last_step, last_loss, last_accuracy, last_micro, last_perplexity) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr const char* upsert_sql =
    "INSERT INTO attempt (run, token_epoch, token_number, worker, slot, end, reason, message, "
    "log_tail, started_ms, ended_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (run, token_epoch, token_number) DO UPDATE SET worker = excluded.worker, "
    "slot = excluded.slot, end = excluded.end, reason = excluded.reason, "
    "message = excluded.message, log_tail = excluded.log_tail, "
    "started_ms = excluded.started_ms, ended_ms = excluded.ended_ms";

constexpr const char* set_aside_sql =
    "INSERT INTO attempt (run, token_epoch, token_number, worker, slot, end, reason, message, "
    "log_tail, started_ms, ended_ms) SELECT run, token_epoch, token_number, worker, slot, ?, "
    "coalesce(reason, ''), coalesce(message, ''), coalesce(log_tail, ''), started_ms, ended_ms "
    "FROM result WHERE run = ?";

constexpr const char* upsert_worker_sql =
    "INSERT INTO worker (name, instance, host, build, slots, state, first_seen_ms, last_seen_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
    "instance = excluded.instance, host = excluded.host, build = excluded.build, "
    "slots = excluded.slots, state = excluded.state, last_seen_ms = excluded.last_seen_ms";

/// Columns of one evaluation; all NULL where there is none.
struct PointColumns {
  std::optional<std::int64_t> epoch, step;
  std::optional<double> loss, accuracy, micro, perplexity;

  explicit PointColumns(const std::optional<EpochPoint>& point) {
    if (!point) return;
    epoch = point->epoch;
    step = point->step;
    loss = point->train_loss;
    accuracy = point->test_accuracy;
    micro = point->test_micro_accuracy;
    perplexity = point->test_perplexity;
  }
};

/// Empty texts take no space as NULL.
std::optional<std::string_view> none_if_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

}  // namespace

AttemptTable::AttemptTable(Database& database)
    : database_(database),
      insert_result_(database, insert_result_sql),
      end_of_(database,
              "SELECT end FROM attempt WHERE run = ? AND token_epoch = ? AND token_number = ?"),
      upsert_(database, upsert_sql),
      delete_(database,
              "DELETE FROM attempt WHERE run = ? AND token_epoch = ? AND token_number = ?"),
      set_aside_(database, set_aside_sql),
      delete_result_(database, "DELETE FROM result WHERE run = ?"),
      find_worker_(database, "SELECT id FROM worker WHERE name = ?"),
      insert_worker_(database,
                     "INSERT INTO worker (name, instance, host, build, slots, state, "
                     "first_seen_ms, last_seen_ms) VALUES (?, '', '', '', '[]', 'lost', ?, ?)"),
      upsert_worker_(database, upsert_worker_sql),
      find_label_(database, "SELECT id FROM label WHERE text = ?"),
      insert_label_(database, "INSERT INTO label (text) VALUES (?)") {}

void AttemptTable::insert_result(std::int64_t run, const AttemptReport& report,
                                 std::int64_t worker) {
  const RunOutcome& o = *report.outcome;
  const PointColumns low(o.at_lowest_perplexity), best(o.at_best_accuracy), last(o.at_last);
  delete_.bind(run, report.token.epoch.value, report.token.number).run();
  insert_result_
      .bind(run, report.token.epoch.value, report.token.number, worker, report.slot,
            report.started.ms, report.ended.ms, o.solved, o.epochs_done, o.steps_done, o.train_s,
            o.pack_size, label_id(o.device), label_id(o.build), none_if_empty(report.reason),
            none_if_empty(report.message), none_if_empty(report.log_tail), low.epoch, low.step,
            low.loss, low.accuracy, low.micro, low.perplexity, best.epoch, best.step, best.loss,
            best.accuracy, best.micro, best.perplexity, last.epoch, last.step, last.loss,
            last.accuracy, last.micro, last.perplexity)
      .run();
}

AttemptTable::Recorded AttemptTable::record(std::int64_t run, const AttemptReport& report,
                                            std::int64_t worker) {
  std::optional<AttemptEnd> before;
  {
    const ResetAtEnd reset(end_of_);
    if (end_of_.bind(run, report.token.epoch.value, report.token.number).step()) {
      before = attempt_end_from_text(end_of_.text(0));
    }
  }
  if (before && (*before == report.end || report.end == AttemptEnd::lost)) return {};
  upsert_
      .bind(run, report.token.epoch.value, report.token.number, worker, report.slot,
            to_text(report.end), report.reason, report.message, report.log_tail, report.started.ms,
            report.ended.ms)
      .run();
  return {.news = true,
          .failure = report.end == AttemptEnd::failed && before != AttemptEnd::failed};
}

void AttemptTable::set_result_aside(std::int64_t run, AttemptEnd end) {
  set_aside_.bind(to_text(end), run).run();
  delete_result_.bind(run).run();
}

std::int64_t AttemptTable::worker_id(const std::string& name, TimePoint seen) {
  const auto known = workers_.find(name);
  if (known != workers_.end()) return known->second;
  const ResetAtEnd reset(find_worker_);
  std::int64_t id = 0;
  if (find_worker_.bind(name).step()) {
    id = find_worker_.integer(0);
  } else {
    insert_worker_.bind(name, seen.ms, seen.ms).run();
    id = database_.last_row();
  }
  workers_.emplace(name, id);
  return id;
}

void AttemptTable::upsert_worker(const RecordWorker& record) {
  const WorkerInfo& info = record.info;
  upsert_worker_
      .bind(info.name, info.instance, info.host, info.build, slots_to_json(info.slots),
            record.state, record.at.ms, record.at.ms)
      .run();
}

std::int64_t AttemptTable::label_id(const std::string& text) {
  const auto known = labels_.find(text);
  if (known != labels_.end()) return known->second;
  const ResetAtEnd reset(find_label_);
  std::int64_t id = 0;
  if (find_label_.bind(text).step()) {
    id = find_label_.integer(0);
  } else {
    insert_label_.bind(text).run();
    id = database_.last_row();
  }
  labels_.emplace(text, id);
  return id;
}

void AttemptTable::forget() {
  workers_.clear();
  labels_.clear();
}

std::string slots_to_json(const std::vector<SlotInfo>& slots) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& slot : slots) {
    list.push_back({{"slot", slot.slot.value},
                    {"device", slot.device},
                    {"device_name", slot.device_name},
                    {"threads", slot.threads},
                    {"memory_bytes", slot.memory_bytes},
                    {"max_replicas", slot.max_replicas}});
  }
  // A device name that is not UTF-8 must not end the transaction.
  return list.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<SlotInfo> slots_from_json(std::string_view json) {
  std::vector<SlotInfo> slots;
  const auto list = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) return slots;
  for (const auto& one : list) {
    if (!one.is_object()) continue;
    SlotInfo slot;
    slot.slot = SlotId{one.value("slot", std::int64_t{0})};
    slot.device = one.value("device", "");
    slot.device_name = one.value("device_name", "");
    slot.threads = one.value("threads", 1);
    slot.memory_bytes = one.value("memory_bytes", std::int64_t{0});
    slot.max_replicas = one.value("max_replicas", 1);
    slots.push_back(std::move(slot));
  }
  return slots;
}

}  // namespace scanyard::store
