//! What a trainer does with its commands (docs/trainer_protocol.md): at most one pack at a time,
//! every run answered, nothing thrown outwards.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/trainer_lines/lines.hpp"
#include "tasks/training/checkpoint.hpp"
#include "tasks/training/pack.hpp"

namespace scanyard::training {

/// How bad a note is, for the log.
enum class NoteLevel { info, warning, error };

/// What a session says and to whom.
struct SessionOutput {
  std::function<void(const trainer_lines::Event&)> emit;    ///< one line on stdout
  std::function<void(NoteLevel, const std::string&)> note;  ///< one line in the log
};

/// Commands go in, events come out. Not thread-safe: commands and advance() by one thread.
class Session {
 public:
  Session(Surroundings surroundings, SessionOutput output)
      : surroundings_(std::move(surroundings)), output_(std::move(output)) {}

  void handle(const trainer_lines::Command& command);

  /// A pack is running: call advance() until it is not.
  bool training() const { return pack_.has_value(); }
  /// A Quit was handled.
  bool quitting() const { return quitting_; }
  /// The device does nothing any more, as a GPU after a fault: every later pack would fail too.
  bool device_lost() const { return device_lost_; }

  /// One step of the running pack. LibTorch's and the library's exceptions end here: a pack that
  /// does not fit into memory is halved, the other half waits for its place; else the pack's runs
  /// fail. The session goes on.
  void advance();

 private:
  void handle_one(const trainer_lines::Start& start);
  void handle_one(const trainer_lines::Add& add);
  void handle_one(const trainer_lines::Stop& stop);
  void handle_one(const trainer_lines::Checkpoint& checkpoint);
  void handle_one(const trainer_lines::Quit&) { quitting_ = true; }

  /// Adds the replicas that can be trained and answers the others; the number of those added.
  std::int32_t take_in(const std::vector<trainer_lines::Replica>& replicas);
  Result<RunState> state_of(const trainer_lines::Replica& replica) const;
  void emit_all(const std::vector<trainer_lines::Event>& events);
  void fail(const RunId& run, const Error& error);
  void fail_pack(const Error& error);
  /// Goes on with half of the pack's runs; false when it cannot be halved.
  bool halve_pack(const Error& error);
  /// Lets parked runs join as far as the pack may grow.
  void refill();
  bool knows(const RunId& run) const;
  void idle_when_empty();

  Surroundings surroundings_;
  SessionOutput output_;
  std::optional<Pack> pack_;
  std::optional<catalog::ShapeConfig> shape_;  ///< of the pack
  std::size_t pack_size_max_ = SIZE_MAX;       ///< smaller once a pack did not fit
  std::vector<RunState> parked_;               ///< of this shape, waiting for room in the pack
  std::string shape_json_;
  std::map<RunId, std::string> known_;  ///< runs of the pack with their values' JSON
  bool quitting_ = false;
  bool device_lost_ = false;
};

/// What an exception of LibTorch or of the standard library means: trainer.out_of_memory or
/// trainer.internal, in one line.
Error error_of(const std::exception& exception);

}  // namespace scanyard::training
