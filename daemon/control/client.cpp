#include "daemon/control/client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "daemon/control/address.hpp"

namespace logsniffd::control {

Expected<Connection> Connection::open(const std::string& path) {
  const auto address = Address::of(path);
  if (!address) return fail(Error(address.error()).within(path));
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return fail(Error::system(path, errno));
  const auto limit = std::chrono::duration_cast<std::chrono::seconds>(kAnswerWithin).count();
  const timeval patience{limit, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);  // of connect() as well
  if (::connect(socket.get(), address->get(), address->size()) == 0) return Connection(std::move(socket));
  switch (errno) {
    case ENOENT:
    case ECONNREFUSED:
      return fail(Error::runtime(fmt::format(
          "logsniffd is not running, or its control socket is elsewhere: nobody listens on {} (systemctl status "
          "logsniffd; daemon.control in the configuration, --socket here)",
          path)));
    case EACCES:
      return fail(Error::runtime(
          fmt::format("{}: permission denied; ask as root, or as a member of the socket's group (adm)", path)));
    default:
      return fail(Error::system(path, errno));
  }
}

Expected<Json> Connection::ask(const Request& request, Duration within) {
  if (Status sent = send(request); !sent) return fail(std::move(sent.error()));
  const auto line = read_line(within);
  if (!line) return fail(line.error());
  return parse_answer(*line);
}

Status Connection::send(const Request& request) { return send(request_line(request) + "\n"); }

Status Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    // A daemon that refuses this client closes the connection; its reason waits to be read.
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return {};
    if (sent < 0) return fail(Error::system("the daemon does not accept the request", errno));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Expected<std::string> Connection::read_line(Duration within) {
  auto line = next_line(within);
  if (!line) return fail(std::move(line.error()));
  if (!*line) return fail(Error::runtime("the daemon does not answer; it may hang"));
  return std::move(**line);
}

Expected<std::optional<std::string>> Connection::next_line(Duration within) {
  const auto until = std::chrono::steady_clock::now() + within;
  std::size_t searched = 0;
  for (;;) {
    if (const std::size_t end = read_.find('\n', searched); end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    searched = read_.size();
    if (read_.size() >= kMaxAnswer) return fail(Error::runtime("the answer of the daemon is too long"));
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd ready{socket_.get(), POLLIN, 0};
    const auto patience = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    const int got_ready = ::poll(&ready, 1, patience);
    if (got_ready < 0 && errno == EINTR) continue;
    if (got_ready <= 0 && left <= patience) return std::nullopt;
    if (got_ready <= 0) continue;
    std::array<char, 65536> buffer;
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Error::runtime("the daemon closed the connection"));
    read_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace logsniffd::control
