#include "worker/agent/outbox_thread.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <utility>

namespace scanyard::worker {

namespace asio = boost::asio;

struct OutboxThread::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& io_context, Outbox box, const StateFolder& state, Callbacks call)
      : io(io_context), outbox(std::move(box)), folder(state), callbacks(std::move(call)) {}

  asio::io_context& io;
  Outbox outbox;  // touched by the disk's thread only
  const StateFolder& folder;
  Callbacks callbacks;
  asio::thread_pool disk{1};

  // Touched by the io_context's thread only.
  std::vector<AttemptReport> to_store;
  std::vector<ReportKey> to_forget;
  bool busy = false;
  bool looking = false;
  bool stopped = false;

  static std::vector<ReportKey> keys_of(const std::vector<AttemptReport>& reports) {
    std::vector<ReportKey> keys;
    for (const auto& report : reports)
      keys.push_back({report.run, report.token});
    return keys;
  }

  /// Hands everything that has gathered to the disk, unless it is busy.
  void work() {
    if (busy || stopped || (to_store.empty() && to_forget.empty())) return;
    busy = true;
    asio::post(disk, [self = shared_from_this(), reports = std::exchange(to_store, {}),
                      keys = std::exchange(to_forget, {})] { self->write(reports, keys); });
  }

  void write(const std::vector<AttemptReport>& reports, const std::vector<ReportKey>& keys) {
    const auto stored = reports.empty() ? Result<void>() : outbox.append(reports);
    // A note that cannot be written costs one more delivery, nothing else.
    if (!keys.empty()) (void)outbox.forget(keys);
    std::string why = stored ? std::string() : stored.error().to_string();
    asio::post(io, [self = shared_from_this(), keys_stored = keys_of(reports), why] {
      self->written(keys_stored, why);
    });
  }

  void written(const std::vector<ReportKey>& keys, const std::string& why) {
    busy = false;
    if (stopped) return;
    if (!keys.empty() && why.empty()) callbacks.on_stored(keys);
    if (!keys.empty() && !why.empty()) callbacks.on_failed(keys, why);
    work();
  }

  void look_around() {
    folder.touch();
    folder.adopt_abandoned(
        [&](std::vector<AttemptReport> reports) {
          if (!outbox.append(reports)) return false;
          asio::post(io, [self = shared_from_this(), reports = std::move(reports)]() mutable {
            if (!self->stopped) self->callbacks.on_adopted(std::move(reports));
          });
          return true;
        },
        [&](const Error& error) {
          asio::post(io, [self = shared_from_this(), text = error.to_string()] {
            if (!self->stopped) self->callbacks.on_complaint(text);
          });
        });
    asio::post(io, [self = shared_from_this()] { self->looking = false; });
  }
};

OutboxThread::OutboxThread(asio::io_context& io, Outbox outbox, const StateFolder& folder,
                           Callbacks callbacks)
    : impl_(std::make_shared<Impl>(io, std::move(outbox), folder, std::move(callbacks))) {}

OutboxThread::~OutboxThread() {
  stop();
}

void OutboxThread::store(AttemptReport report) {
  impl_->to_store.push_back(std::move(report));
  impl_->work();
}

void OutboxThread::forget(std::vector<ReportKey> keys) {
  impl_->to_forget.insert(impl_->to_forget.end(), keys.begin(), keys.end());
  impl_->work();
}

void OutboxThread::look_around() {
  if (impl_->looking || impl_->stopped) return;
  impl_->looking = true;
  asio::post(impl_->disk, [impl = impl_] { impl->look_around(); });
}

void OutboxThread::stop() {
  if (impl_->stopped) return;
  impl_->stopped = true;
  auto& impl = *impl_;
  asio::post(impl.disk, [&impl, reports = std::exchange(impl.to_store, {}),
                         keys = std::exchange(impl.to_forget, {})] {
    if (!reports.empty()) (void)impl.outbox.append(reports);
    if (!keys.empty()) (void)impl.outbox.forget(keys);
  });
  impl.disk.join();
}

}  // namespace scanyard::worker
