#include "common/net/context.hpp"

#include <zmq.h>

#include "common/assert.hpp"

namespace scanyard::net {

struct Context::Impl {
  void* context = zmq_ctx_new();
};

Context::Context() : impl_(std::make_unique<Impl>()) {
  SCANYARD_ASSERT(impl_->context != nullptr, "a ZeroMQ context needs nothing but memory");
}

Context::~Context() {
  zmq_ctx_term(impl_->context);
}

void* Context::handle() const {
  return impl_->context;
}

}  // namespace scanyard::net
