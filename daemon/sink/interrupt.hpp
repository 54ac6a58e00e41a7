// Waits for a descriptor, but stops waiting when the daemon is to stop. This is the only way in which a sink may block.
#pragma once

#include "daemon/base/error.hpp"
#include "daemon/base/time.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::sink {

enum class WaitResult { ready, timeout, interrupted };

// THREAD  raise() from any thread, wait() from the sink's worker.
class Interrupt {
 public:
  static Expected<Interrupt> create();

  // From now on every wait returns `interrupted` immediately.
  void raise();
  [[nodiscard]] bool raised() const;
  // Waits until `fd` has one of the poll(2) `events`, at most for `timeout`. fd -1 waits for time alone.
  [[nodiscard]] WaitResult wait(int fd, short events, Duration timeout) const;

 private:
  explicit Interrupt(UniqueFd event) : event_(std::move(event)) {}
  UniqueFd event_;
};

}  // namespace logsniffd::sink
