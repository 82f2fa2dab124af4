//! The GPU's scans lane by lane on this CPU: the same rows and checks as on a GPU, fewer of them.
#include <catch2/catch_test_macros.hpp>

#include "tests/kernels/scan_gpu/scan_table.hpp"

namespace scanyard::kernels::test {
namespace {

TEST_CASE("emulated GPU scans give the reference's values and gradients") {
  for (const ScanRow& row : scan_rows(true)) {
    INFO(row.name());
    CHECK(check_values(row) == "");
  }
}

TEST_CASE("emulated GPU scans' gradients are the limit of finite differences") {
  for (const ScanRow& row : scan_rows(true)) {
    if (row.channel_steps() == 0 || row.channel_steps() * row.z_item() > 5'000) continue;
    INFO(row.name());
    CHECK(check_differences(row) == "");
  }
}

TEST_CASE("emulated GPU scans give the same bits alone, shifted, and with other tunings") {
  for (const ScanRow& row : scan_rows(true)) {
    if (row.channel_steps() == 0 || row.gate != Gate::softmax) continue;
    if (row.types == ScanTypes::bf16 || row.shape.m > 9) continue;
    INFO(row.name());
    CHECK(check_determinism(row) == "");
  }
}

}  // namespace
}  // namespace scanyard::kernels::test
