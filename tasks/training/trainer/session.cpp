#include "tasks/training/trainer/session.hpp"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <iterator>
#include <new>

#include "tasks/catalog/config.hpp"
#include "tasks/models/backend.hpp"
#include "tasks/training/errc.hpp"

namespace scanyard::training {

namespace lines = trainer_lines;

Error error_of(const std::exception& exception) {
  std::string what = exception.what();
  what = what.substr(0, what.find('\n'));  // LibTorch adds a stack trace
  const bool memory = dynamic_cast<const std::bad_alloc*>(&exception) != nullptr ||
                      dynamic_cast<const c10::OutOfMemoryError*>(&exception) != nullptr ||
                      what.find("DefaultCPUAllocator") != std::string::npos ||
                      what.find("out of memory") != std::string::npos;
  if (memory) {
    return {errc::out_of_memory,
            fmt::format("the pack does not fit into the memory of this process: {}", what)};
  }
  return {errc::internal, what};
}

void Session::handle(const lines::Command& command) {
  try {
    std::visit([this](const auto& one) { handle_one(one); }, command);
  } catch (const std::exception& exception) {
    fail_pack(error_of(exception));
  }
}

void Session::handle_one(const lines::Start& start) {
  if (pack_) {
    for (const auto& replica : start.replicas) {
      if (knows(replica.run)) continue;
      fail(replica.run, {errc::busy, "a pack is running; a start is for an idle trainer"});
    }
    return output_.note(NoteLevel::warning, "event=start_refused reason=busy");
  }
  const auto shape = catalog::parse_shape(start.shape_json);
  if (!shape) {
    for (const auto& replica : start.replicas)
      fail(replica.run, {errc::bad_shape, shape.error().to_string()});
    return output_.emit(lines::Idle{});
  }
  shape_json_ = start.shape_json;
  shape_ = *shape;
  pack_size_max_ = SIZE_MAX;
  known_.clear();
  pack_.emplace(*shape, surroundings_);
  const std::int32_t count = take_in(start.replicas);
  if (count > 0) output_.emit(lines::Started{count});
  idle_when_empty();
}

void Session::handle_one(const lines::Add& add) {
  if (pack_) {
    take_in(add.replicas);
    return;
  }
  for (const auto& replica : add.replicas)
    fail(replica.run, {errc::no_pack, "no pack is running that the run could join"});
}

std::int32_t Session::take_in(const std::vector<lines::Replica>& replicas) {
  std::int32_t count = 0;
  for (const auto& replica : replicas) {
    if (knows(replica.run)) {
      output_.note(
          NoteLevel::warning,
          fmt::format("event=replica_ignored reason=already_here run={}", replica.run.short_hex()));
      continue;
    }
    auto state = state_of(replica);
    if (!state) {
      fail(replica.run, state.error());
      continue;
    }
    known_[replica.run] = replica.values_json;
    parked_.push_back(std::move(*state));
    ++count;
  }
  refill();
  return count;
}

bool Session::knows(const RunId& run) const {
  return known_.contains(run);
}

void Session::refill() {
  std::size_t joining = 0;
  for (; joining < parked_.size() && pack_->size() < pack_size_max_; ++joining)
    pack_->add(std::move(parked_[joining]));
  parked_.erase(parked_.begin(), parked_.begin() + std::ptrdiff_t(joining));
}

Result<RunState> Session::state_of(const lines::Replica& replica) const {
  const auto values = catalog::parse_replica(pack_->shape(), replica.values_json);
  if (!values) return tl::unexpected(Error(errc::bad_values, values.error().to_string()));
  RunState state{replica.run, *values, {}, {}};
  if (replica.resume.empty()) return state;
  auto saved = read_checkpoint(replica.resume, {replica.run, shape_json_, replica.values_json},
                               pack_->layout());
  if (!saved) return propagate(saved);
  saved->values = *values;
  return saved;
}

void Session::handle_one(const lines::Stop& stop) {
  for (const auto& run : stop.runs) {
    if (pack_) pack_->stop(run);
    std::erase_if(parked_, [&](const RunState& state) { return state.run == run; });
    known_.erase(run);
    output_.emit(lines::Stopped{run});
  }
  idle_when_empty();
}

void Session::handle_one(const lines::Checkpoint& checkpoint) {
  if (!pack_) return;
  std::vector<RunState> states = pack_->states();
  for (const RunState& state : parked_) {
    if (state.numbers) states.push_back(state);  // one that never began starts anew elsewhere
  }
  for (const RunState& state : states) {
    const std::string path = checkpoint_path(checkpoint.folder, state.run);
    const CheckpointIdentity identity{state.run, shape_json_, known_.at(state.run)};
    const auto written = write_checkpoint(path, identity, pack_->layout(), state);
    if (written) {
      output_.emit(lines::Checkpointed{state.run, path, state.progress.epochs_done()});
    } else {
      output_.note(NoteLevel::error,
                   fmt::format("event=checkpoint_failed run={} message=\"{}\"",
                               state.run.short_hex(), written.error().to_string()));
    }
  }
}

void Session::advance() {
  if (!pack_) return;
  try {
    emit_all(pack_->advance());
    idle_when_empty();
  } catch (const std::exception& exception) {
    fail_pack(error_of(exception));
  }
}

void Session::emit_all(const std::vector<lines::Event>& events) {
  for (const auto& event : events) {
    if (const auto* finished = std::get_if<lines::Finished>(&event)) known_.erase(finished->run);
    output_.emit(event);
  }
}

void Session::fail(const RunId& run, const Error& error) {
  output_.note(NoteLevel::warning,
               fmt::format("event=run_failed run={} reason={} message=\"{}\"", run.short_hex(),
                           error.code().text, error.to_string()));
  output_.emit(lines::Failed{run, std::string(error.code().text), error.to_string()});
}

void Session::fail_pack(const Error& error) {
  if (error.code() == errc::internal && !surroundings_.device_works()) {
    device_lost_ = true;
    pack_.reset();
    parked_.clear();
    for (const auto& [run, unused] : std::exchange(known_, {}))
      fail(run, Error(errc::device_lost, error.to_string()));
    return;
  }
  if (error.code() == errc::out_of_memory && halve_pack(error)) return;
  const std::vector<RunId> runs = pack_ ? pack_->runs() : std::vector<RunId>();
  // The pack's memory goes first: what follows may need some.
  pack_.reset();
  for (const RunId& run : runs) {
    if (known_.erase(run) > 0) fail(run, error);
  }
  if (!parked_.empty()) {
    pack_.emplace(*shape_, surroundings_);
    return refill();
  }
  known_.clear();
  output_.emit(lines::Idle{});
}

bool Session::halve_pack(const Error& error) {
  if (!pack_ || pack_->size() < 2) return false;
  const std::size_t size = pack_->size();
  std::vector<RunState> states;
  try {
    states = pack_->salvage();
  } catch (const std::exception&) {
    return false;  // the device is beyond this; the first error is what counts
  }
  pack_.reset();
  models::backend_for(surroundings_.options.device().type()).release_memory();
  pack_size_max_ = size / 2;
  output_.note(NoteLevel::warning,
               fmt::format("event=pack_halved from={} to={} message=\"{}\"", size, pack_size_max_,
                           error.to_string()));
  parked_.insert(parked_.begin(), std::make_move_iterator(states.begin()),
                 std::make_move_iterator(states.end()));
  pack_.emplace(*shape_, surroundings_);
  refill();
  return true;
}

void Session::idle_when_empty() {
  if (!pack_) return;
  refill();
  if (!pack_->empty()) return;
  pack_.reset();
  known_.clear();
  output_.emit(lines::Idle{});
}

}  // namespace scanyard::training
