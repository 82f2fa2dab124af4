//! The GPU scans' part of the table, without a test framework, so that it runs on a bare machine:
//! scan_gpu_table [--small] [--alone] [WORD]: checks every row (whose name contains WORD); exit
//! status 0 for all right, 1 for a wrong row, 77 where there is no GPU. --alone: one warp a team,
//! so that no warp hands anything to another (compute-sanitizer's racecheck does not follow the
//! named barriers by which they do).
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/kernels/scan_gpu/device.hpp"
#include "tests/kernels/scan_gpu/scan_table.hpp"

namespace scanyard::kernels::test {
namespace {

int report(const ScanRow& row, const char* mode, const std::string& error) {
  if (error.empty()) return 0;
  std::printf("WRONG %s, %s: %s\n", row.name().c_str(), mode, error.c_str());
  return 1;
}

int run_table(bool small, bool alone, const std::string& word) {
  const DeviceState device = device_state();
  if (!device.is_there) {
    std::printf("SKIPPED: no GPU here (%s)\n", device.text.c_str());
    return 77;
  }
  int checked = 0, wrong = 0;
  for (ScanRow row : scan_rows(small)) {
    if (alone) row.tuning = {1, 2, 2, 2};
    if (row.name().find(word) == std::string::npos) continue;
    ++checked;
    wrong += report(row, "values", check_values(row));
    if (row.channel_steps() == 0) continue;
    if (row.channel_steps() * row.z_item() < 20'000)
      wrong += report(row, "grad", check_differences(row));
    if (!alone) wrong += report(row, "determinism", check_determinism(row));
  }
  std::printf("%s: %d rows, %d wrong\n", device.text.c_str(), checked, wrong);
  return wrong == 0 && checked > 0 ? 0 : 1;
}

}  // namespace
}  // namespace scanyard::kernels::test

int main(int argc, char** argv) {
  bool small = false, alone = false;
  std::string word;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--small") == 0)
      small = true;
    else if (std::strcmp(argv[i], "--alone") == 0)
      alone = true;
    else
      word = argv[i];
  }
  return scanyard::kernels::test::run_table(small, alone, word);
}
