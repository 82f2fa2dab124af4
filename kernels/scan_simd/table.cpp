#include "kernels/scan_simd/table.hpp"

namespace scanyard::kernels {

const ScanTable& scans_of(Isa isa) {
  switch (isa) {
    case Isa::avx512:
      return avx512_scans();
    case Isa::avx2:
      return avx2_scans();
    case Isa::reference:
    case Isa::baseline:
      break;
  }
  return baseline_scans();
}

}  // namespace scanyard::kernels
