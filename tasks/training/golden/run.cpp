#include "tasks/training/golden/run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <exception>
#include <optional>

#include "tasks/training/golden/checkers.hpp"

namespace scanyard::golden {
namespace {

std::string_view index_name(data::Dtype dtype) {
  switch (dtype) {
    case data::Dtype::f64:
      return "float64";
    case data::Dtype::f32:
      return "float32";
    case data::Dtype::bf16:
      return "bfloat16";
    case data::Dtype::i64:
      return "int64";
    case data::Dtype::i32:
      return "int32";
    case data::Dtype::u8:
      return "uint8";
  }
  return "";
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

/// What the index and the file disagree on, or nothing.
std::optional<std::string> disagreement(const IndexEntry& entry, const data::TensorFile& file) {
  for (const auto& [name, listed] : entry.tensors) {
    const auto found = file.tensors.find(name);
    if (found == file.tensors.end()) return fmt::format("tensor '{}' is missing", name);
    if (index_name(found->second.dtype) != listed.dtype || found->second.shape != listed.shape) {
      return fmt::format("tensor '{}' is {} {} instead of {} {}", name,
                         index_name(found->second.dtype), shape_text(found->second.shape),
                         listed.dtype, shape_text(listed.shape));
    }
  }
  for (const auto& [name, unused] : file.tensors) {
    if (!entry.tensors.contains(name)) return fmt::format("tensor '{}' is not in the index", name);
  }
  return std::nullopt;
}

enum class Verdict { passed, failed, skipped };

struct FileResult {
  Verdict verdict;
  std::string text;
};

FileResult compared(const IndexEntry& entry, const data::TensorFile& file, const Checker& checker,
                    c10::Device device) {
  Check check(entry, file, device);
  try {
    checker.run(check);
  } catch (const std::exception& error) {  // also LibTorch's, for shapes that do not fit
    std::string text = error.what();
    return {Verdict::failed, text.substr(0, text.find('\n'))};
  }
  if (check.comparisons() == 0) return {Verdict::failed, "nothing in the file was compared"};
  const std::string worst = fmt::format("{}: {}", check.worst_name(), check.worst_detail());
  if (check.failures() > 0) {
    return {Verdict::failed, fmt::format("worst {}; {} of {} comparisons", worst, check.failures(),
                                         check.comparisons())};
  }
  const std::string uncovered = check.uncovered();
  return {Verdict::passed, fmt::format("{} comparisons, worst {}{}", check.comparisons(), worst,
                                       uncovered.empty() ? "" : "; not covered yet: " + uncovered)};
}

FileResult check_file(const std::string& folder, const IndexEntry& entry, c10::Device device) {
  const auto file = data::read_safetensors(folder + "/" + entry.file);
  if (!file) return {Verdict::failed, file.error().to_string()};
  if (const auto problem = disagreement(entry, *file)) return {Verdict::failed, *problem};
  const Checker checker = checker_for(entry);
  if (!checker.run) return {Verdict::skipped, "not covered yet: " + checker.not_covered};
  return compared(entry, *file, checker, device);
}

}  // namespace

Result<Counts> check_folder(const std::string& folder, std::ostream& out, c10::Device device) {
  auto entries = read_index(folder);
  if (!entries) return propagate(entries);
  Counts counts;
  for (const IndexEntry& entry : *entries) {
    const FileResult result = check_file(folder, entry, device);
    switch (result.verdict) {
      case Verdict::passed:
        ++counts.passed;
        break;
      case Verdict::failed:
        ++counts.failed;
        break;
      case Verdict::skipped:
        ++counts.skipped;
        break;
    }
    const char* const word = result.verdict == Verdict::passed   ? "passed "
                             : result.verdict == Verdict::failed ? "FAILED "
                                                                 : "skipped";
    out << fmt::format("{} {}  {}\n", word, entry.file, result.text) << std::flush;
  }
  out << fmt::format("{} passed, {} failed, {} skipped\n", counts.passed, counts.failed,
                     counts.skipped);
  return counts;
}

}  // namespace scanyard::golden
