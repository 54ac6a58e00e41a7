#include "daemon/capture/interface_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace logsniffd::capture {
namespace {

constexpr std::size_t kDatagramBytes = 64 * 1024;  // the kernel's are at most 32 KiB

// 0 or more: bytes read; below 0: -errno.
ssize_t receive(int socket, std::span<std::uint8_t> buffer, int flags) {
  for (;;) {
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), flags);
    if (got >= 0) return got;
    if (errno != EINTR) return -errno;
  }
}

}  // namespace

Expected<InterfaceWatch> InterfaceWatch::open() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket.valid()) return fail(Error::system("cannot open a netlink socket to watch the interfaces", errno));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return fail(Error::system("cannot watch the interfaces", errno));
  }
  InterfaceWatch watch(std::move(socket));
  // The socket subscribes before the table is read, so that no change is missed.
  if (Status loaded = watch.load(); !loaded) return fail(std::move(loaded).error());
  watch.changed_ = false;
  return watch;
}

Status InterfaceWatch::load() {
  constexpr int kAttempts = 3;
  std::array<std::uint8_t, kDatagramBytes> buffer;
  int error = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    struct {
      nlmsghdr header;
      ifinfomsg link;
    } request{};
    request.header.nlmsg_len = sizeof(request);
    request.header.nlmsg_type = RTM_GETLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    if (::send(socket_.get(), &request, sizeof(request), 0) < 0) {
      return fail(Error::system("cannot request the list of interfaces", errno));
    }
    table_.clear();
    changed_ = true;
    // This blocks, but never for long: the kernel answers immediately and ends with NLMSG_DONE.
    for (bool done = false; !done && error == 0;) {
      const ssize_t got = receive(socket_.get(), buffer, 0);
      if (got < 0) {
        error = static_cast<int>(-got);
      } else {
        done = table_.apply(Bytes(buffer).first(static_cast<std::size_t>(got))).done;
      }
    }
    if (error == 0) return {};
    if (error != ENOBUFS) break;
    error = 0;
  }
  return fail(Error::system("cannot read the list of interfaces", error == 0 ? ENOBUFS : error));
}

void InterfaceWatch::update() {
  std::array<std::uint8_t, kDatagramBytes> buffer;
  for (;;) {
    const ssize_t got = receive(socket_.get(), buffer, MSG_DONTWAIT);
    if (got == -ENOBUFS) {
      // A failure here leaves the table incomplete until the next message; there is nothing better to do.
      if (!load()) return;
      continue;
    }
    if (got < 0) return;
    changed_ |= table_.apply(Bytes(buffer).first(static_cast<std::size_t>(got))).changed;
  }
}

}  // namespace logsniffd::capture
