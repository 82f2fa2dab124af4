//! Answers to clients as JSON. Pure: from the read model's structs to text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "common/store_writes.hpp"
#include "coordinator/core/explain.hpp"

namespace scanyard::service {

/// {"message": sentence}: the answer to a command.
std::string message_json(const std::string& sentence);

/// {"sweep", "name", "repeated", "runs", "new", "done", "open"}.
std::string submitted_json(const SubmitOutcome& outcome);

/// {"known": [[index, state, sweep], ...]}.
std::string known_runs_json(const std::vector<KnownRun>& known);

/// {"coordinator": {...}, "sweeps": [...], "workers": [...]}.
std::string status_json(const ServerStatus& server, const std::vector<SweepSummary>& sweeps,
                        const std::vector<WorkerStatus>& workers);

/// {"sweep": number, "name": text, "table": text}.
std::string results_json(const SweepSummary& sweep, const std::string& table);

/// {"run": {...}, "explanation": {"state", "reasons": [{"code", "sentence"}, ...], ...}}. Without a
/// live explanation (the run has ended, or no coordinator is asked) the reasons come from what the
/// database knows.
std::string explain_json(const RunDetail& run, const std::optional<core::Explanation>& live);

/// Sentences about a run from the database alone: how it ended, which attempts it had.
std::vector<core::Reason> reasons_from(const RunDetail& run);

}  // namespace scanyard::service
