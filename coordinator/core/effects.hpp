//! What the core wants done: the only way in which an event changes anything outside of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/messages.hpp"
#include "common/store_writes.hpp"
#include "coordinator/core/handles.hpp"

namespace scanyard::core {

/// A message for one worker's connection. May be lost on the way: everything is repeated or
/// reconciled.
struct ToWorker {
  PeerId peer;
  protocol::CoordinatorMessage message;
};

/// A write for the store, to be applied in the order of the ids. on_committed() or
/// on_commit_failed() must follow.
struct OrderedWrite {
  WriteId id;
  StoreWrite write;
};

/// The answer to a client's command: one sentence for a person, or the error.
struct Reply {
  RequestId request;
  Result<std::string> outcome;
};

enum class LogLevel { debug, info, warning };

/// One change of state, as data: the shell prints one line for it.
struct LogEvent {
  LogLevel level = LogLevel::info;
  std::string_view event;  ///< "run.finished": static text
  std::optional<RunId> run;
  std::optional<Token> token;
  std::string worker;  ///< empty = not about a worker
  std::string detail;  ///< further key=value pairs
};

struct Effects {
  std::vector<ToWorker> sends;
  std::vector<OrderedWrite> writes;
  std::vector<Reply> replies;
  std::vector<LogEvent> log;

  void clear() {
    sends.clear();
    writes.clear();
    replies.clear();
    log.clear();
  }
};

}  // namespace scanyard::core
