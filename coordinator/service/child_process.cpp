#include "coordinator/service/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "coordinator/service/errc.hpp"

namespace scanyard::service {
namespace {

constexpr std::chrono::milliseconds poll_interval{10};
constexpr int exec_failed = 127;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts)
    list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// What runs between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* program, char** arguments, char** environment, int output,
                         bool dies_with_us, pid_t parent) {
  ::setpgid(0, 0);
  if (dies_with_us) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(exec_failed);  // It died before we asked to be told.
  }
  // The parent may block signals that its child must hear.
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  if (output >= 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
  }
  ::execve(program, arguments, environment);
  ::_exit(exec_failed);
}

std::vector<std::string> environment_of(const SpawnOptions& options) {
  std::vector<std::string> all;
  for (char** entry = ::environ; *entry != nullptr; ++entry)
    all.emplace_back(*entry);
  for (const auto& [name, value] : options.environment) {
    std::erase_if(all, [&](const std::string& entry) { return entry.starts_with(name + "="); });
    all.push_back(name + "=" + value);
  }
  return all;
}

}  // namespace

std::string ExitStatus::to_string() const {
  return signal != 0 ? fmt::format("killed by signal {}", signal)
                     : fmt::format("exit code {}", code);
}

Result<ChildProcess> ChildProcess::spawn(const SpawnOptions& options) {
  if (::access(options.program.c_str(), X_OK) != 0) {
    return fail(errc::missing_program,
                fmt::format("cannot run {}: {}", options.program.string(), std::strerror(errno)));
  }
  int output = -1;
  if (!options.output.empty()) {
    output = ::open(options.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (output < 0)
      return fail(errc::file_failed,
                  fmt::format("{}: {}", options.output.string(), std::strerror(errno)));
  }
  std::string program = options.program.string();
  std::vector<std::string> arguments{program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment = environment_of(options);
  auto argument_pointers = pointers(arguments);
  auto environment_pointers = pointers(environment);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    become(program.data(), argument_pointers.data(), environment_pointers.data(), output,
           options.dies_with_us, parent);
  }
  const int error = errno;
  if (output >= 0) ::close(output);
  if (pid < 0)
    return fail(errc::missing_program,
                fmt::format("cannot start {}: {}", program, std::strerror(error)));
  ::setpgid(pid, pid);  // Here as well, so that it holds whoever comes first.
  return ChildProcess(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), ended_(other.ended_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(ended_, other.ended_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0 || poll()) return;
  signal(SIGKILL);
  wait(std::chrono::hours(1));
}

std::optional<ExitStatus> ChildProcess::poll() {
  if (ended_ || pid_ < 0) return ended_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  ended_ =
      WIFSIGNALED(status) ? ExitStatus{0, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
  return ended_;
}

std::optional<ExitStatus> ChildProcess::wait(std::chrono::milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (!poll() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(poll_interval);
  return ended_;
}

void ChildProcess::signal(int number) const {
  if (pid_ > 0 && !ended_) ::kill(pid_, number);
}

ExitStatus ChildProcess::stop(std::chrono::milliseconds patience) {
  signal(SIGTERM);
  if (!wait(patience)) {
    signal(SIGKILL);
    wait(std::chrono::hours(1));
  }
  return ended_.value_or(ExitStatus{});
}

std::filesystem::path program_folder() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
}

Result<std::filesystem::path> sibling_program(const std::string& name) {
  const auto path = program_folder() / name;
  if (::access(path.c_str(), X_OK) == 0) return path;
  return fail(errc::missing_program,
              fmt::format("{} is not there; build it with: cmake --build build/release --target {}",
                          path.string(), name));
}

}  // namespace scanyard::service
