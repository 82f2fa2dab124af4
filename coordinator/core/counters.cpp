#include "coordinator/core/counters.hpp"

namespace scanyard::core {

std::vector<Counter> to_list(const Counters& c) {
  return {
      {"core.packs_granted", "packs sent to workers", c.packs_granted},
      {"core.runs_granted", "runs in those packs", c.runs_granted},
      {"core.results_accepted", "ends of attempts made durable", c.results_accepted},
      {"core.results_duplicate", "ends reported again, answered again", c.results_duplicate},
      {"core.results_superseded", "results refused: another lease or end came first",
       c.results_superseded},
      {"core.results_unknown_run", "results refused: the run is not open", c.results_unknown_run},
      {"core.results_malformed", "results refused: no outcome, or one too many",
       c.results_malformed},
      {"core.tokens_invalid", "tokens that this coordinator cannot have given", c.tokens_invalid},
      {"core.progress_stale", "curve points of attempts that had ended", c.progress_stale},
      {"core.attempts_adopted", "running attempts taken over from a hello", c.attempts_adopted},
      {"core.attempts_dropped", "attempts of a hello that were not wanted", c.attempts_dropped},
      {"core.attempts_lost", "attempts whose worker fell silent or forgot them", c.attempts_lost},
      {"core.leases_expired", "workers that fell silent for longer than a lease", c.leases_expired},
      {"core.slots_stalled", "busy slots that stopped stepping", c.slots_stalled},
      {"core.hellos_refused", "workers that were refused", c.hellos_refused},
      {"core.messages_unknown_peer", "messages of connections without a hello",
       c.messages_unknown_peer},
      {"core.commits_failed", "database transactions that failed", c.commits_failed},
  };
}

}  // namespace scanyard::core
