// The other scans for x86-64-v4; CMakeLists.txt sets the flags of this file.
#include "kernels/scan_simd/make_table.hpp"

namespace scanyard::kernels {

OtherScans avx512_other_scans() {
  return make_other_scans();
}

}  // namespace scanyard::kernels
