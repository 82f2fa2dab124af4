// The scans in float for x86-64-v4; CMakeLists.txt sets the flags of this file.
#include "kernels/scan_simd/make_table.hpp"

namespace scanyard::kernels {

const ScanTable& avx512_scans() {
  static const ScanTable table = make_scan_table(avx512_other_scans());
  return table;
}

}  // namespace scanyard::kernels
