//! What needs no host: recorded steps as CUDA graphs, batches taken from data on the device, and
//! the optimiser by a table.
#include <ATen/ops/empty.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime.h>

#include <cstring>

#include "kernels/cuda/adamw.hpp"
#include "kernels/cuda/embedding.hpp"
#include "tasks/cuda/cuda_backend.hpp"
#include "tasks/cuda/tensors.hpp"

namespace scanyard::cuda {
namespace {

namespace device = kernels::cuda;
using kernels::AdamwRow;

constexpr std::int64_t row_floats = sizeof(AdamwRow) / sizeof(float);

class GraphRecording final : public models::Recording {
 public:
  explicit GraphRecording(cudaGraphExec_t graph) : graph_(graph) {}
  ~GraphRecording() override { cudaGraphExecDestroy(graph_); }
  void replay() override { check(cudaGraphLaunch(graph_, stream()), "a recorded step"); }

 private:
  cudaGraphExec_t graph_;
};

/// Ends a capture that `work` left by an exception, so that the stream can be used again.
struct Capture {
  device::Stream on;
  cudaGraph_t graph = nullptr;
  bool open = true;

  explicit Capture(device::Stream stream) : on(stream) {
    check(cudaStreamBeginCapture(on, cudaStreamCaptureModeRelaxed), "recording a step");
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  void end() {
    open = false;
    check(cudaStreamEndCapture(on, &graph), "recording a step");
  }
  ~Capture() {
    if (open) cudaStreamEndCapture(on, &graph);
    if (graph) cudaGraphDestroy(graph);
  }
};

void step(std::int64_t replicas, std::int64_t parameters, const Tensor& rows,
          const std::int32_t* cursor, const device::AdamwArrays& arrays) {
  check(device::adamw_step(replicas, parameters,
                           reinterpret_cast<const AdamwRow*>(rows.const_data_ptr<float>()), cursor,
                           arrays, stream()),
        "AdamW");
}

}  // namespace

std::unique_ptr<models::Recording> CudaBackend::record(const std::function<void()>& work) {
  Capture capture(stream());
  work();
  capture.end();
  cudaGraphExec_t graph = nullptr;
  check(cudaGraphInstantiate(&graph, capture.graph, 0), "preparing a recorded step");
  return std::make_unique<GraphRecording>(graph);
}

void CudaBackend::gather(const models::DeviceBatches& from, const Tensor& ids,
                         const Tensor& targets, const models::BatchScores& scores) {
  static_assert(sizeof(device::SequenceSource) == 3 * sizeof(std::int64_t));
  const device::GatherShape shape{ids.size(0), ids.size(1), ids.size(2), from.batch};
  check(device::gather_batch(shape,
                             reinterpret_cast<const device::SequenceSource*>(
                                 from.addresses.const_data_ptr<std::int64_t>()),
                             from.cursor.mutable_data_ptr<std::int32_t>(),
                             {ids.mutable_data_ptr<std::int32_t>(),
                              targets.mutable_data_ptr<std::int32_t>(),
                              scores.scored.mutable_data_ptr<std::int64_t>()},
                             stream()),
        "gathering a batch");
}

void CudaBackend::adamw_scheduled(const Tensor& schedule, const Tensor& cursor,
                                  const Tensor& gradients, const Tensor& values,
                                  const Tensor& first_moments, const Tensor& second_moments,
                                  const Tensor& factors) {
  TORCH_CHECK(schedule.size(-1) == row_floats, "a row of the schedule has ", row_floats, " numbers");
  step(values.size(0), values.size(1), schedule, cursor.const_data_ptr<std::int32_t>(),
       {floats(gradients), floats(values), floats(first_moments), floats(second_moments),
        factors.defined() ? halves(factors) : nullptr});
}

void CudaBackend::adamw(std::span<const kernels::AdamwScalars> scalars, const Tensor& gradients,
                        const Tensor& values, const Tensor& first_moments,
                        const Tensor& second_moments) {
  const auto replicas = std::int64_t(scalars.size());
  const Tensor host = at::empty({replicas, row_floats}, at::TensorOptions().dtype(at::kFloat));
  for (std::int64_t r = 0; r < replicas; ++r) {
    const AdamwRow row = kernels::adamw_row(scalars[std::size_t(r)]);
    std::memcpy(host.mutable_data_ptr<float>() + r * row_floats, &row, sizeof row);
  }
  const Tensor rows = host.to(values.device());
  step(replicas, values.size(1), rows, nullptr,
       {floats(gradients), floats(values), floats(first_moments), floats(second_moments), nullptr});
}

void CudaBackend::synchronize() {
  check(cudaStreamSynchronize(stream()), "waiting for the GPU");
}

void CudaBackend::release_memory() {
  for (Scratch* scratch : {&floats_, &losses_, &rights_, &counters_, &dcell_}) {
    scratch->outgrown.clear();
    scratch->storage = Tensor();
  }
  c10::cuda::CUDACachingAllocator::emptyCache();
}

}  // namespace scanyard::cuda
