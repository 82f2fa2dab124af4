#include "tasks/training/trainer/line_output.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

namespace scanyard::training {
namespace {

constexpr std::chrono::milliseconds alive_interval{500};

/// False when the other end is gone.
bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(std::size_t(count));
  }
  return true;
}

}  // namespace

void LineOutput::write(const trainer_lines::Event& event) {
  const std::string line = trainer_lines::to_line(event) + "\n";
  const std::lock_guard lock(mutex_);
  if (broken_ || write_all(descriptor_, line)) return;
  broken_ = true;
  on_broken_();
}

AliveThread::AliveThread(LineOutput& output) : output_(output), thread_([this] { run(); }) {}

AliveThread::~AliveThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void AliveThread::set_training(bool training) {
  {
    const std::lock_guard lock(mutex_);
    if (training_ == training) return;
    training_ = training;
  }
  changed_.notify_all();
}

void AliveThread::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!training_) {
      changed_.wait(lock);
      continue;
    }
    const auto told = changed_.wait_for(lock, alive_interval);
    if (told == std::cv_status::no_timeout || !training_ || stopping_) continue;
    lock.unlock();
    output_.write(trainer_lines::Alive{steps_done_.load(std::memory_order_relaxed)});
    lock.lock();
  }
}

}  // namespace scanyard::training
