//! What all parts of a simulation share.
#pragma once

#include <functional>
#include <string>

#include "tests/simulation/agenda.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/rng.hpp"
#include "tests/simulation/store_model.hpp"
#include "tests/simulation/witness.hpp"

namespace scanyard::simulation {

struct World {
  explicit World(std::uint64_t seed) : rng(seed), faults(draw_faults(rng)), witness(store) {}

  Agenda agenda;
  Rng rng;
  Faults faults;
  bool calm = false;  ///< the faults are over: everything must come to rest now
  StoreModel store;
  Witness witness;
  std::function<void(const std::string&)> trace;  ///< a line for every event; may be empty

  /// Whether a fault of this probability happens now.
  bool strikes(double probability) { return !calm && probability > 0 && rng.chance(probability); }
  void tell(const std::string& line) {
    if (trace) trace(line);
  }
};

}  // namespace scanyard::simulation
