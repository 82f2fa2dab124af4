//! A server over a database with many results, for the benchmark of the page.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace scanyard::web {

/// A sweep as large as the paper's tables (60 cells: 12 models, 5 tasks) whose cells share
/// `results` runs with curves of 20 points, all but a few hundred finished, in a database in a
/// temporary folder, and the real read model and server over it. Removed at the end.
class LargeSweep {
 public:
  explicit LargeSweep(std::size_t results);
  ~LargeSweep();
  LargeSweep(const LargeSweep&) = delete;
  LargeSweep& operator=(const LargeSweep&) = delete;

  std::string address_with_token() const;

  /// Stores the result of one of the last open runs, each time of another cell, whose numbers the
  /// next page then computes itself. False when none is left.
  bool finish_one();
  /// Computes what is outdated, as the coordinator's store thread does when nothing waits.
  void refresh();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace scanyard::web
