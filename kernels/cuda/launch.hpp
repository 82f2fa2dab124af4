//! What every launcher of this folder shares. Pointers are device pointers of one GPU, `stream` is
//! a CUDA stream of it; launches are asynchronous. Every launcher returns cudaGetLastError() after
//! its launches, 0 = launched.
#pragma once

struct CUstream_st;

namespace scanyard::kernels::cuda {

using Stream = CUstream_st*;

/// cudaError_t as an integer, so that these headers need no CUDA headers.
using Status = int;

/// cudaGetErrorString().
const char* describe(Status status);

}  // namespace scanyard::kernels::cuda
