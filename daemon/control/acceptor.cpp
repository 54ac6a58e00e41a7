#include "daemon/control/acceptor.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

namespace logsniffd::control {
namespace {

constexpr int kAcceptedAtOnce = 64;
constexpr Duration kAcceptPause = std::chrono::seconds(1);

}  // namespace

Status Acceptor::watch(int listener) {
  auto added = loop_.add_descriptor(listener, EPOLLIN, [this, listener](std::uint32_t) { accept_some(listener); });
  if (!added) return fail(std::move(added.error()));
  listening_ = std::move(*added);
  return {};
}

void Acceptor::accept_some(int listener) {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    UniqueFd connection(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.valid()) {
      handler_(std::move(connection));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return pause(listener);
    }
  }
}

void Acceptor::pause(int listener) {
  auto pause =
      loop_.add_after(kAcceptPause, [this, listener] { [[maybe_unused]] const Status watched = watch(listener); });
  if (pause) listening_ = std::move(*pause);
}

}  // namespace logsniffd::control
