// The other scans for x86-64-v3; CMakeLists.txt sets the flags of this file.
#include "kernels/scan_simd/make_table.hpp"

namespace scanyard::kernels {

OtherScans avx2_other_scans() {
  return make_other_scans();
}

}  // namespace scanyard::kernels
