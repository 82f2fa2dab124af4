//! The device that the table runs on: a GPU, or the emulator on this machine's CPU; whichever
//! device_*.cpp is linked.
#pragma once

#include <cstddef>
#include <string>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::test {

/// "NVIDIA H200, 132 multiprocessors", or why there is none: nothing else may be called then.
struct DeviceState {
  bool is_there = false;
  std::string text;
};
DeviceState device_state();

/// Bytes of the device's memory, aligned to 256. Ends the process with a message where there are
/// not enough.
class DeviceBytes {
 public:
  explicit DeviceBytes(std::size_t count);
  ~DeviceBytes();
  DeviceBytes(const DeviceBytes&) = delete;
  DeviceBytes& operator=(const DeviceBytes&) = delete;

  char* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

void copy_to_device(char* to, const void* from, std::size_t count);
void copy_from_device(void* to, const char* from, std::size_t count);

/// Waits for everything launched; what went wrong since the last call, or "".
std::string finish_device();

}  // namespace scanyard::kernels::test
