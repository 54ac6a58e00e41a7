#include "daemon/sink/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>

namespace logsniffd::sink {
namespace {

timespec to_timespec(Duration duration) {
  const Duration positive = std::max(duration, Duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(positive);
  return {static_cast<std::time_t>(seconds.count()), static_cast<long>((positive - seconds).count())};
}

}  // namespace

Expected<Interrupt> Interrupt::create() {
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.valid()) return fail(Error::system("creating an eventfd", errno));
  return Interrupt(std::move(event));
}

void Interrupt::raise() {
  const std::uint64_t one = 1;
  // The counter is never read back, so the descriptor stays readable. A write fails only when the counter is at its
  // maximum, and then it is raised as well.
  [[maybe_unused]] const ssize_t ignored = ::write(event_.get(), &one, sizeof one);
}

bool Interrupt::raised() const {
  pollfd event{event_.get(), POLLIN, 0};
  return ::poll(&event, 1, 0) > 0;
}

WaitResult Interrupt::wait(int fd, short events, Duration timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  // poll(2) skips an entry whose descriptor is negative.
  std::array<pollfd, 2> watched{{{event_.get(), POLLIN, 0}, {fd, events, 0}}};
  while (true) {
    const timespec left = to_timespec(deadline - std::chrono::steady_clock::now());
    const int ready = ::ppoll(watched.data(), watched.size(), &left, nullptr);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return WaitResult::interrupted;  // ENOMEM: not waiting is the safe answer
    if (watched[0].revents != 0) return WaitResult::interrupted;
    return ready > 0 ? WaitResult::ready : WaitResult::timeout;
  }
}

}  // namespace logsniffd::sink
