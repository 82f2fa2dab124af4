//! Times device work: launches captured into a graph, replayed, measured by events.
#pragma once

#include <cuda_runtime.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/kernels/scan_gpu/device.hpp"
#include "tests/kernels/scan_gpu/scan_row.hpp"

namespace scanyard::kernels::bench {

/// Milliseconds of one call: `calls` are captured one after another into a graph; the median of
/// `replays` replays, over the number of calls. Each of `calls` should work on data of its own
/// where data would else lie in the cache.
double time_calls(const std::vector<std::function<void(cudaStream_t)>>& calls, int replays = 15);

/// Ends the process with a message on an error.
void require(int status, const char* what);

/// Fills device memory with normal random numbers of the element's size (2: bfloat16, 4: float).
void fill_random(char* data, std::size_t bytes, int element_bytes, float scale = 1.f);

/// Bytes per second of a large device-to-device copy, bytes read and bytes written both counted: by
/// the driver, and by a kernel.
double driver_copy_bandwidth();
double kernel_copy_bandwidth();

/// Operations per second of an 8192 x 8192 x 8192 bf16 product on random data.
double product_rate();

/// A row's arrays on the device, `sets` times, filled with random numbers.
class RowArrays {
 public:
  RowArrays(const test::ScanRow& row, int sets);
  /// Whether the device has what the row's tuning asks for.
  bool fits(const test::ScanRow& row, bool backward) const;
  std::vector<std::function<void(cudaStream_t)>> forward(const test::ScanRow& row) const;
  std::vector<std::function<void(cudaStream_t)>> backward(const test::ScanRow& row) const;
  std::vector<std::function<void(cudaStream_t)>> both(const test::ScanRow& row) const;

 private:
  struct Set {
    std::unique_ptr<test::DeviceBytes> z, v, out, dout, dz, dv, workspace;
    float* floats() const { return reinterpret_cast<float*>(workspace->data()); }
  };
  std::vector<Set> sets_;
};

/// Sets of arrays of which together do not fit into the cache.
int sets_for(const test::ScanRow& row);

/// bf16 products at 33 million parameters around the scan, forward and backward: prints a table.
void bench_mixer(double bandwidth, double rate);

}  // namespace scanyard::kernels::bench
