// The scans in float for any machine; CMakeLists.txt sets the flags of this file.
#include "kernels/scan_simd/make_table.hpp"

namespace scanyard::kernels {

const ScanTable& baseline_scans() {
  static const ScanTable table = make_scan_table(baseline_other_scans());
  return table;
}

}  // namespace scanyard::kernels
