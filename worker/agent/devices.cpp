#include "worker/agent/devices.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "worker/agent/child_process.hpp"
#include "worker/agent/errc.hpp"
#include "worker/agent/log_tail.hpp"

namespace scanyard::worker {
namespace {

constexpr std::chrono::seconds answer_deadline{120};
constexpr std::size_t answer_bytes_max = 1 << 20;

std::vector<std::string> names_of(std::string_view list) {
  std::vector<std::string> names;
  std::istringstream in{std::string(list)};
  for (std::string name; std::getline(in, name, ',');)
    names.push_back(name);
  return names;
}

bool is_gpu_name(std::string_view name) {
  constexpr std::string_view prefix = "cuda:";
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return !name.empty() && name.size() <= 2 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

tl::unexpected<Error> no_gpu(std::string what) {
  return fail(errc::no_gpu, std::move(what));
}

/// Adds what can be read now; false at the end of the stream.
bool drain(int descriptor, std::string& text) {
  char bytes[4096];
  const ssize_t count = ::read(descriptor, bytes, sizeof bytes);
  if (count > 0 && text.size() < answer_bytes_max) text.append(bytes, std::size_t(count));
  return count > 0 || (count < 0 && errno == EAGAIN);
}

struct Answer {
  std::string out, err;
  bool in_time = true;
};

/// Reads both streams until they end.
Answer listen(const Child& child) {
  Answer answer;
  bool out_open = true, err_open = true;
  const auto deadline = std::chrono::steady_clock::now() + answer_deadline;
  while (out_open || err_open) {
    pollfd waiting[2] = {{out_open ? child.out : -1, POLLIN, 0},
                         {err_open ? child.err : -1, POLLIN, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    const int ready = left.count() > 0 ? ::poll(waiting, 2, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      answer.in_time = false;
      ::kill(child.pid, SIGKILL);
      break;
    }
    if (waiting[0].revents != 0) out_open = drain(child.out, answer.out);
    if (waiting[1].revents != 0) err_open = drain(child.err, answer.err);
  }
  return answer;
}

Result<std::vector<GpuDevice>> ask(const std::string& train_program) {
  Child child;
  TrainerExit failure;
  if (!start_child({train_program, {"--list-gpus"}, {}}, child, failure))
    return no_gpu(fmt::format("cannot start {} --list-gpus", train_program));
  ::close(child.in);
  const Answer answer = listen(child);
  pollfd ended{child.process, POLLIN, 0};
  ::poll(&ended, 1, 10'000);
  reap_child(child);
  for (const int descriptor : {child.out, child.err, child.process})
    ::close(descriptor);
  if (!answer.in_time) {
    return no_gpu(fmt::format("{} --list-gpus did not answer within {} s", train_program,
                              answer_deadline.count()));
  }
  if (answer.out.empty() && !answer.err.empty())
    return no_gpu(answer.err.substr(0, answer.err.find('\n')));
  return parse_gpus(answer.out);
}

}  // namespace

bool is_device_choice(std::string_view choice) {
  if (choice == "auto" || choice == "cpu" || choice == "cuda") return true;
  std::vector<std::string> names = names_of(choice);
  if (names.empty() || choice.ends_with(',')) return false;
  if (!std::all_of(names.begin(), names.end(), is_gpu_name)) return false;
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

Result<std::vector<GpuDevice>> parse_gpus(std::string_view lines) {
  std::vector<GpuDevice> gpus;
  std::istringstream in{std::string(lines)};
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const auto text = [&](const char* key) { return json.value(key, std::string()); };
    if (!json.is_object() || !json.contains("device") || !json["device"].is_string() ||
        !json.contains("device_name") || !json["device_name"].is_string() ||
        !json.contains("memory_bytes") || !json["memory_bytes"].is_number_integer()) {
      return no_gpu(fmt::format("the trainer listed a GPU as '{}'", clean_log_line(line)));
    }
    gpus.push_back({text("device"), text("device_name"), json["memory_bytes"].get<std::int64_t>()});
  }
  return gpus;
}

Result<std::vector<GpuDevice>> chosen_gpus(std::string_view choice,
                                           const std::vector<GpuDevice>& found) {
  if (choice == "auto" || choice == "cuda") {
    if (found.empty() && choice == "cuda") return no_gpu("the trainer found no GPU");
    return found;
  }
  std::vector<GpuDevice> chosen;
  for (const std::string& name : names_of(choice)) {
    const auto gpu = std::find_if(found.begin(), found.end(),
                                  [&](const GpuDevice& one) { return one.device == name; });
    if (gpu == found.end()) {
      return no_gpu(fmt::format("{} is not there; the trainer found {} GPU{}", name, found.size(),
                                found.size() == 1 ? "" : "s"));
    }
    chosen.push_back(*gpu);
  }
  return chosen;
}

Result<std::vector<GpuDevice>> find_gpus(const std::string& choice,
                                         const std::string& train_program) {
  std::error_code ignored;
  if (choice == "cpu") return std::vector<GpuDevice>();
  if (choice == "auto" && !std::filesystem::exists("/dev/nvidiactl", ignored))
    return std::vector<GpuDevice>();
  auto found = ask(train_program);
  if (!found) return propagate(found);
  return chosen_gpus(choice, *found);
}

}  // namespace scanyard::worker
