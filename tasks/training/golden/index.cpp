#include "tasks/training/golden/index.hpp"

#include <fmt/format.h>

#include <fstream>

namespace scanyard::golden {
namespace {

using nlohmann::json;

/// Throws json::exception where a member is missing or of another type.
IndexEntry entry_of(const json& object) {
  IndexEntry entry;
  entry.file = object.at("file").get<std::string>();
  entry.config = object.value("config", json::object());
  for (const auto& [name, listed] : object.at("tensors").items()) {
    entry.tensors[name] = {listed.at(0).get<std::string>(),
                           listed.at(1).get<std::vector<std::int64_t>>()};
  }
  const auto measured = object.find("fp32_rel_error_measured");
  if (measured != object.end() && measured->is_number())
    entry.fp32_error_measured = measured->get<double>();
  return entry;
}

}  // namespace

Result<std::vector<IndexEntry>> read_index(const std::string& folder) {
  const std::string path = folder + "/index.json";
  std::ifstream in(path);
  if (!in) return fail(errc::bad_index, fmt::format("cannot read {}", path));
  const json all = json::parse(in, nullptr, false);
  if (!all.is_array()) return fail(errc::bad_index, fmt::format("{} is no JSON array", path));
  if (all.empty()) return fail(errc::bad_index, fmt::format("{} lists no files", path));
  std::vector<IndexEntry> entries;
  for (const auto& object : all) {
    try {
      entries.push_back(entry_of(object));
    } catch (const json::exception& error) {
      return fail(errc::bad_index,
                  fmt::format("{}: entry {}: {}", path, entries.size() + 1, error.what()));
    }
  }
  return entries;
}

}  // namespace scanyard::golden
