// Shows, from outside a thread, whether it still does its work.
//
// A thread hangs if it has not come around its loop between two looks, and is not in a system call at either of them: it
// computes without end, or waits for a lock. A system call that lasts is the fault of what is behind it (a dead disk, a
// target that does not answer), and starting the program again would not help.
//
// THREAD  start() and beat() on the thread that is watched; hangs() on one other.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace logsniffd {

class Heartbeat {
 public:
  // The thread begins its loop.
  void start();
  // The thread has come around its loop.
  void beat() { beats_.store(beats_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  // Whether it hung since the last call. A thread that has not begun does not hang.
  [[nodiscard]] bool hangs();

 private:
  std::atomic<pid_t> thread_{0};
  std::atomic<std::uint64_t> beats_{0};
  std::uint64_t seen_beats_ = 0;  // at the last look
  bool was_outside_ = false;      // of a system call, at the last look
};

}  // namespace logsniffd
