#include "daemon/queue/wakeup.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <cstdint>
#include <cstdlib>

namespace logsniffd::queue {

Wakeup::Wakeup() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_.valid()) std::abort();
}

void Wakeup::wake() {
  if (!sleeping_.exchange(false, std::memory_order_acq_rel)) return;  // partner: prepare()
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);  // fails only when already readable
}

void Wakeup::prepare() {
  sleeping_.exchange(true, std::memory_order_acq_rel);  // partner: wake()
}

void Wakeup::finish() {
  sleeping_.store(false, std::memory_order_relaxed);
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &count, sizeof count);  // empties it; EAGAIN if nobody woke us
}

void Wakeup::wait(Duration at_most) {
  pollfd ready{event_.get(), POLLIN, 0};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  const timespec timeout{seconds.count(), static_cast<long>((at_most - seconds).count())};
  ::ppoll(&ready, 1, &timeout, nullptr);
}

}  // namespace logsniffd::queue
