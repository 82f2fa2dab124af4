//! The GPU's scans for one pair of types, compiled for the emulator (see CMakeLists.txt).
#include "kernels/cuda/bdlru_scan_bf16_states.cu"
#include "kernels/cuda/hlru_scan_bf16_states.cu"
