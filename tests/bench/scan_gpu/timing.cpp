#include "tests/bench/scan_gpu/timing.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

namespace scanyard::kernels::bench {

void require(int status, const char* what) {
  if (status == 0) return;
  std::fprintf(stderr, "%s failed: %s\n", what, cuda::describe(status));
  std::exit(1);
}

double time_calls(const std::vector<std::function<void(cudaStream_t)>>& calls, int replays) {
  cudaStream_t stream;
  require(cudaStreamCreate(&stream), "creating a stream");
  for (const auto& call : calls)
    call(stream);
  require(cudaStreamSynchronize(stream), "a warm-up");
  cudaGraph_t graph;
  cudaGraphExec_t executable;
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capturing");
  for (const auto& call : calls)
    call(stream);
  require(cudaStreamEndCapture(stream, &graph), "capturing");
  require(cudaGraphInstantiate(&executable, graph, 0), "making a graph");
  cudaEvent_t start, end;
  require(cudaEventCreate(&start), "creating an event");
  require(cudaEventCreate(&end), "creating an event");
  std::vector<float> times;
  for (int replay = 0; replay < replays + 2; ++replay) {
    require(cudaEventRecord(start, stream), "recording");
    require(cudaGraphLaunch(executable, stream), "launching a graph");
    require(cudaEventRecord(end, stream), "recording");
    require(cudaStreamSynchronize(stream), "a replay");
    float milliseconds = 0;
    require(cudaEventElapsedTime(&milliseconds, start, end), "timing");
    if (replay >= 2) times.push_back(milliseconds);
  }
  std::nth_element(times.begin(), times.begin() + replays / 2, times.end());
  cudaEventDestroy(start);
  cudaEventDestroy(end);
  cudaGraphExecDestroy(executable);
  cudaGraphDestroy(graph);
  cudaStreamDestroy(stream);
  return double(times[std::size_t(replays / 2)]) / double(calls.size());
}

void fill_random(char* data, std::size_t bytes, int element_bytes, float scale) {
  static std::mt19937 engine(7);
  std::normal_distribution<float> normal;
  const std::size_t part = std::min<std::size_t>(bytes, 1 << 20);
  std::vector<char> values(part);
  for (std::size_t i = 0; i + std::size_t(element_bytes) <= part; i += std::size_t(element_bytes)) {
    const float value = scale * normal(engine);
    const Bf16 half = to_bf16(value);
    if (element_bytes == 2)
      std::memcpy(&values[i], &half, 2);
    else
      std::memcpy(&values[i], &value, 4);
  }
  test::copy_to_device(data, values.data(), part);
  for (std::size_t filled = part; filled < bytes; filled *= 2) {
    require(
        cudaMemcpy(data + filled, data, std::min(filled, bytes - filled), cudaMemcpyDeviceToDevice),
        "filling memory");
  }
}

double driver_copy_bandwidth() {
  constexpr std::size_t bytes = std::size_t(2) << 30;
  const test::DeviceBytes from(bytes), to(bytes);
  fill_random(from.data(), 64 << 20, 4);
  const double ms = time_calls({[&](cudaStream_t stream) {
    require(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, stream),
            "copying");
  }});
  return 2 * double(bytes) / ms * 1e3;
}

int sets_for(const test::ScanRow& row) {
  const double all = row.forward_bytes() + row.backward_bytes();
  return int(std::clamp(4e8 / std::max(all, 1.0) + 1, 1.0, 40.0));
}

RowArrays::RowArrays(const test::ScanRow& row, int sets) {
  const auto bytes = [](std::int64_t count, int element_bytes) {
    return std::make_unique<test::DeviceBytes>(std::size_t(count) * std::size_t(element_bytes));
  };
  for (int i = 0; i < sets; ++i) {
    const int in = row.in_bytes(), out = row.out_bytes();
    Set set{bytes(row.z_count(), in),
            bytes(row.v_count(), in),
            bytes(row.out_count(), out),
            bytes(row.out_count(), out),
            bytes(row.z_count(), in),
            bytes(row.v_count(), in),
            bytes(cuda::bdlru_scan_workspace(row.shape), int(sizeof(float)))};
    fill_random(set.z->data(), set.z->size(), in);
    fill_random(set.v->data(), set.v->size(), in);
    fill_random(set.out->data(), set.out->size(), out);
    fill_random(set.dout->data(), set.dout->size(), out);
    sets_.push_back(std::move(set));
  }
}

bool RowArrays::fits(const test::ScanRow& row, bool backward) const {
  const Set& set = sets_.front();
  const int status =
      backward ? test::launch_backward(row, set.z->data(), set.v->data(), set.out->data(),
                                       set.dout->data(), set.dz->data(), set.dv->data(), nullptr)
               : test::launch_forward(row, set.z->data(), set.v->data(), set.out->data(), nullptr);
  cudaGetLastError();
  return status == 0;
}

std::vector<std::function<void(cudaStream_t)>> RowArrays::forward(const test::ScanRow& row) const {
  std::vector<std::function<void(cudaStream_t)>> calls;
  for (const Set& set : sets_) {
    calls.push_back([&row, &set](cudaStream_t stream) {
      require(test::launch_forward(row, set.z->data(), set.v->data(), set.out->data(), stream,
                                   set.floats()),
              "the forward scan");
    });
  }
  return calls;
}

std::vector<std::function<void(cudaStream_t)>> RowArrays::backward(const test::ScanRow& row) const {
  std::vector<std::function<void(cudaStream_t)>> calls;
  for (const Set& set : sets_) {
    calls.push_back([&row, &set](cudaStream_t stream) {
      require(test::launch_backward(row, set.z->data(), set.v->data(), set.out->data(),
                                    set.dout->data(), set.dz->data(), set.dv->data(), stream,
                                    set.floats()),
              "the backward scan");
    });
  }
  return calls;
}

std::vector<std::function<void(cudaStream_t)>> RowArrays::both(const test::ScanRow& row) const {
  std::vector<std::function<void(cudaStream_t)>> calls;
  const auto there = forward(row), back = backward(row);
  for (std::size_t i = 0; i < there.size(); ++i) {
    calls.push_back([f = there[i], b = back[i]](cudaStream_t stream) {
      f(stream);
      b(stream);
    });
  }
  return calls;
}

}  // namespace scanyard::kernels::bench
