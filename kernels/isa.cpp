#include "kernels/isa.hpp"

namespace scanyard::kernels {
namespace {

Isa detect() {
  if (is_supported(Isa::avx512)) return Isa::avx512;
  if (is_supported(Isa::avx2)) return Isa::avx2;
  return Isa::baseline;
}

}  // namespace

bool is_supported(Isa isa) {
#if defined(__x86_64__)
  // The levels x86-64-v3 and x86-64-v4, which the builds are compiled for.
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
#else
  const bool v3 = false;
  const bool v4 = false;
#endif
  switch (isa) {
    case Isa::reference:
    case Isa::baseline:
      return true;
    case Isa::avx2:
      return v3;
    case Isa::avx512:
      return v4;
  }
  return false;
}

Isa best_isa() {
  static const Isa best = detect();
  return best;
}

const char* to_text(Isa isa) {
  switch (isa) {
    case Isa::reference:
      return "reference";
    case Isa::baseline:
      return "baseline";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
  }
  return "";
}

}  // namespace scanyard::kernels
