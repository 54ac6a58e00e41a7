// logsniffd demo [--duration 30s]: the real pipeline on loopback, with a listener and a sender of its own, so that a
// newcomer sees records immediately.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/base/unique_fd.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/sniff.hpp"

namespace logsniffd::cli {
namespace {

constexpr Duration kPause = std::chrono::milliseconds(400);

// One TCP line is sent in two segments, to show that it comes out as one record.
constexpr std::array<std::string_view, 4> kLines{
    "INFO checkout: order 4711 accepted, 3 items\n", "WARN checkout: payment provider answers slowly (2.4 s)\n",
    "ERROR checkout: payment refused for order 4712\n", "INFO checkout: order 4713 accepted, 1 item\n"};
constexpr std::array<std::string_view, 3> kDatagrams{
    "<30>Oct 11 22:14:15 web1 nginx[812]: worker process started",
    "<28>Oct 11 22:14:16 web1 nginx[812]: upstream timed out",
    "<165>1 2026-10-11T22:14:15.003Z db1 postgres 99 - - checkpoint complete: wrote 128 buffers"};

struct BoundSocket {
  UniqueFd fd;
  sockaddr_in address;
};

// All are made before sniff() gives up its privileges: no IP socket can be made after that.
struct Sockets {
  BoundSocket tcp;
  BoundSocket udp;
  UniqueFd tcp_client;
  UniqueFd udp_client;
};

Expected<BoundSocket> bind_loopback(int type) {
  BoundSocket bound{UniqueFd(::socket(AF_INET, type | SOCK_CLOEXEC, 0)), {}};
  bound.address.sin_family = AF_INET;
  bound.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof bound.address;
  auto* const address = reinterpret_cast<sockaddr*>(&bound.address);
  if (!bound.fd.valid() || ::bind(bound.fd.get(), address, size) != 0 ||
      ::getsockname(bound.fd.get(), address, &size) != 0) {
    return fail(Error::system("demo: cannot open a socket on 127.0.0.1", errno));
  }
  return bound;
}

Expected<Sockets> open_sockets() {
  auto tcp = bind_loopback(SOCK_STREAM);
  if (!tcp) return fail(std::move(tcp.error()));
  auto udp = bind_loopback(SOCK_DGRAM);
  if (!udp) return fail(std::move(udp.error()));
  if (::listen(tcp->fd.get(), 1) != 0) return fail(Error::system("demo: cannot listen on 127.0.0.1", errno));
  UniqueFd tcp_client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  UniqueFd udp_client(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!tcp_client.valid() || !udp_client.valid()) {
    return fail(Error::system("demo: cannot open a socket on 127.0.0.1", errno));
  }
  return Sockets{std::move(*tcp), std::move(*udp), std::move(tcp_client), std::move(udp_client)};
}

void pause(const std::stop_token& stop, Duration duration) {
  std::mutex mutex;
  std::condition_variable_any wakeup;
  std::unique_lock lock(mutex);
  wakeup.wait_for(lock, stop, duration, [] { return false; });
}

// Sends until it is stopped. The sockets of this process receive what it sends, and discard it.
void send_samples(const std::stop_token& stop, const Sockets& sockets) {
  const auto& [tcp, udp, client, sender] = sockets;
  if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&tcp.address), sizeof tcp.address) != 0) return;
  const UniqueFd server(::accept4(tcp.fd.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  std::array<char, 4096> sink{};
  for (std::size_t i = 0; !stop.stop_requested(); ++i) {
    const std::string_view line = kLines[i % kLines.size()];
    const std::string_view half = line.substr(0, line.size() / 2);
    ::send(client.get(), half.data(), half.size(), MSG_NOSIGNAL);
    pause(stop, kPause / 4);
    ::send(client.get(), line.data() + half.size(), line.size() - half.size(), MSG_NOSIGNAL);
    pause(stop, kPause);
    const std::string_view datagram = kDatagrams[i % kDatagrams.size()];
    ::sendto(sender.get(), datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&udp.address),
             sizeof udp.address);
    pause(stop, kPause);
    while (::recv(server.get(), sink.data(), sink.size(), 0) > 0) {
    }
    while (::recv(udp.fd.get(), sink.data(), sink.size(), MSG_DONTWAIT) > 0) {
    }
  }
}

Expected<int> demo(const std::string& duration) {
  const auto sockets = open_sockets();
  if (!sockets) return fail(sockets.error());

  SniffOptions options;
  options.interfaces = {"lo"};
  options.ports = {fmt::format("{}/tcp", ntohs(sockets->tcp.address.sin_port)),
                   fmt::format("{}/udp", ntohs(sockets->udp.address.sin_port))};
  options.duration = duration;
  std::jthread sender;
  return sniff(options, [&] {
    fmt::print(
        stderr,
        "logsniffd: sending sample messages on loopback for {}; what follows was captured on its way to ports {}.\n"
        "logsniffd: try it on real traffic with: logsniffd sniff -i any PORT\n",
        duration, fmt::join(options.ports, " and "));
    sender = std::jthread([&sockets](const std::stop_token& stop) { send_samples(stop, *sockets); });
  });
}

}  // namespace

void add_demo(CLI::App& app, Action& action) {
  const auto duration = std::make_shared<std::string>("30s");  // shared: the options outlive this call
  CLI::App* command =
      app.add_subcommand("demo", "send sample messages on loopback, and print the records that are captured");
  command->add_option("--duration", *duration, "stop after this time")
      ->capture_default_str()
      ->option_text("TIME [30s]");
  command->callback([duration, &action] { action = [duration] { return demo(*duration); }; });
}

}  // namespace logsniffd::cli
