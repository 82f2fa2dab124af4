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

/// 0 when this build has code for the current GPU, else the error that every launch would give.
Status check_architecture();

}  // namespace scanyard::kernels::cuda
