#include "tests/kernels/simt/emulator.hpp"

#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <vector>

namespace scanyard::kernels::cuda::simt {
namespace {

struct Copy {
  char* to;
  const char* from;
  int bytes;
};

struct Lane {
  ucontext_t context;
  bool is_done = false;
  std::deque<std::vector<Copy>> groups;  // committed, oldest first
  std::vector<Copy> open;
};

/// A meeting of a known number of threads: everyone goes on when all have come.
struct Meeting {
  int come = 0;
  long round = 0;
};

struct Warp {
  Meeting meeting;
  std::uint32_t slots[2][32] = {};
};

struct Block {
  std::vector<Lane> lanes;
  std::vector<Warp> warps;
  Meeting barriers[16];
  std::vector<Vector16> shared;
  ucontext_t scheduler;
  const std::function<void()>* kernel = nullptr;
  Place place;
  bool has_moved = false;  // something happened since the scheduler last looked
};

Block* block = nullptr;

constexpr std::size_t stack_bytes = 128 << 10;

/// Stacks are kept from block to block.
char* stack_of(std::size_t lane) {
  static std::vector<std::unique_ptr<char[]>> stacks;
  while (stacks.size() <= lane)
    stacks.push_back(std::make_unique_for_overwrite<char[]>(stack_bytes));
  return stacks[lane].get();
}

Lane& self() {
  return block->lanes[std::size_t(block->place.thread)];
}

void yield() {
  swapcontext(&self().context, &block->scheduler);
}

void lane_main() {
  (*block->kernel)();
  self().is_done = true;
  block->has_moved = true;
  yield();
}

/// Returns the round that the caller belonged to.
long meet(Meeting& meeting, int expected, bool waits) {
  const long round = meeting.round;
  block->has_moved = true;
  if (++meeting.come == expected) {
    meeting.come = 0;
    ++meeting.round;
    return round;
  }
  while (waits && meeting.round == round)
    yield();
  return round;
}

void perform(const std::vector<Copy>& group) {
  for (const Copy& copy : group)
    std::memcpy(copy.to, copy.from, std::size_t(copy.bytes));
}

void prepare(Lane& lane, char* stack) {
  getcontext(&lane.context);
  lane.context.uc_stack.ss_sp = stack;
  lane.context.uc_stack.ss_size = stack_bytes;
  lane.context.uc_link = nullptr;
  makecontext(&lane.context, lane_main, 0);
}

void run_block() {
  for (std::size_t i = 0; i < block->lanes.size(); ++i)
    prepare(block->lanes[i], stack_of(i));
  for (bool is_running = true; is_running;) {
    is_running = false;
    block->has_moved = false;
    for (std::size_t i = 0; i < block->lanes.size(); ++i) {
      if (block->lanes[i].is_done) continue;
      is_running = true;
      block->place.thread = int(i);
      swapcontext(&block->scheduler, &block->lanes[i].context);
    }
    if (is_running && !block->has_moved) {
      std::fprintf(stderr,
                   "the emulated block waits for ever: lanes missed a barrier or shuffle\n");
      std::abort();
    }
  }
}

}  // namespace

const Place& place() {
  return block->place;
}

std::uint32_t exchange(std::uint32_t bits, int source) {
  Warp& warp = block->warps[std::size_t(warp_index())];
  auto& slots = warp.slots[warp.meeting.round % 2];
  slots[lane_index()] = bits;
  meet(warp.meeting, 32, true);
  return slots[source & 31];
}

void sync_warp() {
  meet(block->warps[std::size_t(warp_index())].meeting, 32, true);
}

void barrier_sync(int id, int threads) {
  meet(block->barriers[id], threads, true);
}

void barrier_arrive(int id, int threads) {
  meet(block->barriers[id], threads, false);
}

void start_copy(char* to, const char* from, int bytes) {
  if ((reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from)) %
      std::uintptr_t(bytes)) {
    std::fprintf(stderr, "a copy of %d bytes is not aligned\n", bytes);
    std::abort();
  }
  self().open.push_back({to, from, bytes});
}

void commit_copies() {
  self().groups.push_back(std::move(self().open));
  self().open.clear();
}

void wait_copies(int pending) {
  auto& groups = self().groups;
  while (int(groups.size()) > (pending < 0 ? 0 : pending)) {
    perform(groups.front());
    groups.pop_front();
  }
}

char* shared_memory() {
  return reinterpret_cast<char*>(block->shared.data());
}

void run_grid(std::int64_t grid_x, std::int64_t grid_y, int threads, int shared_bytes,
              const std::function<void()>& kernel) {
  for (std::int64_t y = 0; y < grid_y; ++y) {
    for (std::int64_t x = 0; x < grid_x; ++x) {
      Block one;
      one.lanes = std::vector<Lane>(std::size_t(threads));
      one.warps.resize(std::size_t(threads) / 32);
      one.shared.assign(std::size_t(shared_bytes + 15) / 16,
                        Vector16{~0u, ~0u, ~0u, ~0u});  // NaN as float32 and as bfloat16
      one.kernel = &kernel;
      one.place = {0, int(x), int(y)};
      block = &one;
      run_block();
      block = nullptr;
    }
  }
}

}  // namespace scanyard::kernels::cuda::simt

namespace scanyard::kernels::cuda {

const char* describe(Status status) {
  return status == 0 ? "no error" : "an error of the emulator";
}

}  // namespace scanyard::kernels::cuda
