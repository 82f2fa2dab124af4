//! Numbered reports and files for tests of the outbox.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/hash.hpp"
#include "worker/agent/outbox.hpp"

namespace scanyard::worker::testing {

inline AttemptReport report(std::int64_t number, std::size_t log_bytes = 10) {
  AttemptReport r;
  r.run = Hasher().update("run " + std::to_string(number)).finish();
  r.token = {{1}, number};
  r.end = AttemptEnd::failed;
  r.reason = "trainer.killed";
  r.message = "number " + std::to_string(number);
  r.log_tail = std::string(log_bytes, 'x');
  r.curve = {{1, 10, 0.5, 0.25, 0.3, 2.0}};
  return r;
}

inline ReportKey key_of(const AttemptReport& r) {
  return {r.run, r.token};
}

inline std::vector<std::int64_t> numbers_in(const std::filesystem::path& file) {
  Outbox::Opened found;
  const auto outbox = Outbox::open(file, found);
  if (!outbox) throw std::runtime_error(outbox.error().to_string());
  std::vector<std::int64_t> numbers;
  for (const auto& r : found.reports)
    numbers.push_back(r.token.number);
  return numbers;
}

inline void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace scanyard::worker::testing
