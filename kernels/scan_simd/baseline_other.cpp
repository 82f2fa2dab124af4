// The other scans for any machine; CMakeLists.txt sets the flags of this file.
#include "kernels/scan_simd/make_table.hpp"

namespace scanyard::kernels {

OtherScans baseline_other_scans() {
  return make_other_scans();
}

}  // namespace scanyard::kernels
