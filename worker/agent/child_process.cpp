#include "worker/agent/child_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace scanyard::worker {
namespace {

/// A pipe whose ends close themselves unless they are taken.
struct Pipe {
  int read = -1;
  int write = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

int take(int& fd) {
  return std::exchange(fd, -1);
}

std::vector<std::string> environment_of(const ChildOptions& options) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& [added, value] : options.environment)
      replaced = replaced || added == name;
    if (!replaced) all.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment)
    all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Runs in the child between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         pid_t parent, int in, int out, int err, int status) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent ended before the kernel was told
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // What this process itself inherited, from a shell or a scheduler, is not the trainer's either.
  // Kernels before 5.11 cannot do this; everything that the agent opens closes on exec anyway.
  ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execve(program, arguments, environment);
  const int why = errno;
  const bool told = ::write(status, &why, sizeof why) == sizeof why;
  ::_exit(told ? 127 : 126);
}

TrainerExit failure_of(int why, const std::string& program) {
  TrainerExit failure;
  failure.kind = why == ENOENT ? TrainerExit::Kind::missing
                 : why == EACCES || why == ENOEXEC || why == EPERM || why == ELIBBAD
                     ? TrainerExit::Kind::not_executable
                     : TrainerExit::Kind::not_started;
  failure.detail = why == ENOENT ? program : program + ": " + std::strerror(why);
  return failure;
}

void do_not_block(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

bool start_child(const ChildOptions& options, Child& child, TrainerExit& failure) {
  const std::string program = options.program.string();
  Pipe in, out, err, status;
  if (!in.open() || !out.open() || !err.open() || !status.open()) {
    failure = failure_of(errno, program);
    return false;
  }
  std::vector<std::string> arguments = {program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment = environment_of(options);
  const auto argument_pointers = pointers_to(arguments);
  const auto environment_pointers = pointers_to(environment);

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    become(program.c_str(), argument_pointers.data(), environment_pointers.data(), parent, in.read,
           out.write, err.write, status.write);
  }
  if (pid < 0) {
    failure = failure_of(errno, program);
    return false;
  }
  ::setpgid(pid, pid);  // in both, whoever comes first
  ::close(take(status.write));
  int why = 0;
  ssize_t got = 0;
  while ((got = ::read(status.read, &why, sizeof why)) < 0 && errno == EINTR) {
  }
  const int process = got > 0 ? -1 : static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) {
    if (got <= 0) why = errno;
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    failure = failure_of(why, program);
    return false;
  }
  child = {pid, process, take(in.write), take(out.read), take(err.read)};
  for (const int fd : {child.in, child.out, child.err})
    do_not_block(fd);
  return true;
}

TrainerExit reap_child(const Child& child) {
  int status = 0;
  pid_t got = 0;
  while ((got = ::waitpid(child.pid, &status, 0)) < 0 && errno == EINTR) {
  }
  TrainerExit exit;
  if (got != child.pid) {
    exit.kind = TrainerExit::Kind::not_started;
    exit.detail = "its end was not seen";
  } else if (WIFSIGNALED(status)) {
    exit.kind = TrainerExit::Kind::signal;
    exit.code = WTERMSIG(status);
    const char* name = ::sigabbrev_np(exit.code);
    exit.detail = name == nullptr ? "" : std::string("SIG") + name;
  } else {
    exit.code = WEXITSTATUS(status);
  }
  return exit;
}

}  // namespace scanyard::worker
