#include "daemon/base/heartbeat.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string>
#include <system_error>

#include "daemon/base/unique_fd.hpp"

namespace logsniffd {
namespace {

// Whether the thread is in a system call other than that for locks. proc_pid_syscall(5): its number comes first, or
// "running". A thread that cannot be looked at counts as being in one: it may have ended.
bool in_system_call(pid_t thread) {
  const std::string path = "/proc/self/task/" + std::to_string(thread) + "/syscall";
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 16> text{};
  const ssize_t size = file.valid() ? ::read(file.get(), text.data(), text.size()) : -1;
  if (size <= 0) return true;
  long call = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + size, call);
  return parsed.ec == std::errc{} && call != SYS_futex;
}

}  // namespace

void Heartbeat::start() { thread_.store(::gettid(), std::memory_order_relaxed); }

bool Heartbeat::hangs() {
  const pid_t thread = thread_.load(std::memory_order_relaxed);
  const std::uint64_t beats = beats_.load(std::memory_order_relaxed);
  const bool outside = thread != 0 && !in_system_call(thread);
  const bool hung = outside && was_outside_ && beats == seen_beats_;
  seen_beats_ = beats;
  was_outside_ = outside;
  return hung;
}

}  // namespace logsniffd
