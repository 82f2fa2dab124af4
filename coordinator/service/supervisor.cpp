#include "coordinator/service/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>

namespace scanyard::service {
namespace {

constexpr std::chrono::milliseconds look_interval{100};
constexpr std::chrono::milliseconds restart_first{1'000};
constexpr std::chrono::milliseconds restart_max{30'000};
constexpr std::chrono::milliseconds elsewhere_interval{3'000};
/// A program that lived so long did not fail at its start.
constexpr std::chrono::seconds lived_well{10};
constexpr std::chrono::milliseconds stop_patience{30'000};

}  // namespace

Supervisor::Supervisor(std::function<void(const std::string&)> say) : say_(std::move(say)) {}

Supervisor::~Supervisor() {
  stop();
}

Result<void> Supervisor::start(std::vector<Part> parts) {
  for (auto& part : parts)
    parts_.push_back({.part = std::move(part)});
  std::condition_variable ready;
  std::mutex ready_mutex;
  bool done = false;
  // Programs are started by the thread that watches them, because they die with the thread that
  // started them.
  thread_ = std::thread([&, this] {
    {
      const std::lock_guard lock(mutex_);
      for (auto& watched : parts_) {
        auto ok = start_one(watched);
        if (!ok && !first_error_) first_error_ = ok.error();
      }
    }
    {
      const std::lock_guard lock(ready_mutex);
      done = true;
      ready.notify_one();
    }
    run();
  });
  std::unique_lock lock(ready_mutex);
  ready.wait(lock, [&] { return done; });
  if (first_error_) return tl::unexpected(*first_error_);
  return {};
}

Result<void> Supervisor::start_one(Watched& watched) {
  auto child = ChildProcess::spawn(watched.part.spawn);
  watched.started_at = Clock::now();
  if (!child) return propagate(child);
  watched.child = std::move(*child);
  return {};
}

void Supervisor::run() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
      for (auto& watched : parts_)
        look_after(watched);
    }
    std::this_thread::sleep_for(look_interval);
  }
  const std::lock_guard lock(mutex_);
  for (auto watched = parts_.rbegin(); watched != parts_.rend(); ++watched) {
    if (watched->child) watched->child->stop(stop_patience);
  }
}

void Supervisor::look_after(Watched& watched) {
  if (watched.child) {
    if (const auto status = watched.child->poll()) on_end(watched, *status);
    return;
  }
  if (Clock::now() < watched.start_at) return;
  if (auto ok = start_one(watched); !ok) {
    watched.start_at = Clock::now() + restart_max;
    say_(ok.error().to_string());
  } else if (!watched.told_elsewhere) {
    say_(fmt::format("The {} runs again.", watched.part.name));
  }
}

void Supervisor::on_end(Watched& watched, const ExitStatus& status) {
  watched.child.reset();
  const auto& elsewhere = watched.part.elsewhere;
  if (status.signal == 0 &&
      std::find(elsewhere.begin(), elsewhere.end(), status.code) != elsewhere.end()) {
    watched.start_at = Clock::now() + elsewhere_interval;
    if (!watched.told_elsewhere) {
      say_(
          fmt::format("The {} did not start ({}): another one may run already; tried again every "
                      "{} s. Its log: {}",
                      watched.part.name, status.to_string(), elsewhere_interval.count() / 1000,
                      watched.part.spawn.output.string()));
    }
    watched.told_elsewhere = true;
    return;
  }
  watched.told_elsewhere = false;
  const bool well = Clock::now() - watched.started_at > lived_well;
  watched.delay = well ? restart_first : std::clamp(2 * watched.delay, restart_first, restart_max);
  watched.start_at = Clock::now() + watched.delay;
  say_(fmt::format("The {} ended ({}); it is started again in {} s. Its log: {}", watched.part.name,
                   status.to_string(), watched.delay.count() / 1000,
                   watched.part.spawn.output.string()));
}

void Supervisor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace scanyard::service
