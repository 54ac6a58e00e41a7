#include "tests/live/capture/network.hpp"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <cstdlib>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::capture {
namespace {

constexpr std::string_view kPrefix = "number ";

const char* name_of(InterfaceChange change) {
  switch (change) {
    case InterfaceChange::opened:
      return "opened";
    case InterfaceChange::missing:
      return "missing";
    case InterfaceChange::vanished:
      return "vanished";
    case InterfaceChange::down:
      return "down";
    case InterfaceChange::reopened:
      return "reopened";
    case InterfaceChange::failed:
      return "failed";
  }
  return "?";
}

}  // namespace

void Numbers::on_packet(const RawPacket& packet) {
  last_captured_at = packet.captured_at;
  last_size = packet.bytes.size();
  last_original_length = packet.original_length;
  const std::string_view text = as_text(packet.bytes);
  const std::size_t at = text.find(kPrefix);
  if (at == std::string_view::npos) {
    ++others;
    return;
  }
  Seen& seen = by_interface[std::string(packet.interface)];
  ++seen.times[std::stoi(std::string(text.substr(at + kPrefix.size(), 6)))];
  seen.interface_id = packet.interface_id;
}

std::size_t Numbers::distinct() const {
  std::set<int> all;
  for (const auto& [interface, seen] : by_interface) {
    for (const auto& [number, times] : seen.times) all.insert(number);
  }
  return all.size();
}

std::size_t Numbers::total() const {
  std::size_t sum = 0;
  for (const auto& [interface, seen] : by_interface) {
    for (const auto& [number, times] : seen.times) sum += static_cast<std::size_t>(times);
  }
  return sum;
}

bool Numbers::has(int number) const {
  for (const auto& [interface, seen] : by_interface) {
    if (seen.times.contains(number)) return true;
  }
  return false;
}

UdpSender::UdpSender(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), port_(port) {}

void UdpSender::send(int number) const {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port_);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string text = numbered(number);
  // No program listens, so every other call reports the ICMP answer to the previous datagram instead of sending.
  const auto try_send = [&] {
    return ::sendto(socket_.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  };
  for (int attempt = 0; attempt < 10; ++attempt) {
    if (try_send() >= 0) return;
  }
  ADD_FAILURE() << "datagram " << number << " could not be sent";
}

FrameSender::FrameSender(const std::string& interface) : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0) << interface;
}

void FrameSender::send(const test::Packet& frame) const {
  EXPECT_EQ(::send(socket_.get(), frame.data(), frame.size(), 0), static_cast<ssize_t>(frame.size()));
}

std::string numbered(int number) {
  const std::string digits = std::to_string(number);
  return std::string(kPrefix) + std::string(6 - digits.size(), '0') + digits;
}

test::Packet numbered_datagram(int number, std::uint16_t port) {
  return test::udp_packet(test::endpoint("10.9.0.1:40000"), test::endpoint("10.9.0.2:" + std::to_string(port)),
                          numbered(number));
}

test::Packet numbered_frame(int number, const std::vector<std::uint16_t>& vlan_ids) {
  return test::ethernet(numbered_datagram(number), vlan_ids);
}

void Network::SetUp() {
  ASSERT_EQ(::unshare(CLONE_NEWNET), 0) << "live tests need root";
  run("ip link set lo up");
}

void Network::run(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }

void Network::add_veth_pair() {
  // No IPv6 addresses, because their neighbour discovery would be traffic that no test sent.
  run("ip link add va type veth peer name vb");
  run("ip link set va addrgenmode none && ip link set vb addrgenmode none && ip link set va up && ip link set vb up");
  // The carrier comes a moment later. Frames sent before are lost.
  run("timeout 10 sh -c 'until [ $(ip -o link show up | grep -c \": v[ab]@.*LOWER_UP\") -eq 2 ]; do sleep 0.01; done'");
}

LiveOptions Network::options(std::vector<std::string> interfaces, std::uint16_t udp_port) {
  LiveOptions wanted;
  wanted.interfaces = std::move(interfaces);
  wanted.watched.udp_ports = {{udp_port, udp_port}};
  return wanted;
}

void Network::open(LiveOptions wanted) {
  auto opened = LiveSource::open(std::move(wanted),
                                 [this](const std::string& interface, InterfaceChange change, const std::string&) {
                                   events.insert(interface + " " + name_of(change));
                                 });
  ASSERT_TRUE(opened) << opened.error().message();
  source = std::move(*opened);
}

bool Network::read_until(const std::function<bool()>& done, std::chrono::milliseconds deadline) {
  constexpr std::size_t kBudget = 1000;
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    const Expected<ReadStatus> status = source->read(numbers, kBudget);
    if (!status || *status == ReadStatus::end) {
      ADD_FAILURE() << "read() ended";
      return false;
    }
    if (done()) return true;
    if (*status == ReadStatus::more) continue;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    const auto limit = std::chrono::ceil<std::chrono::milliseconds>(source->wait_limit());
    pollfd waited{source->wait_fd(), POLLIN, 0};
    (void)::poll(&waited, 1, static_cast<int>(std::min(left, limit).count()));
    ++wake_ups;
  }
}

void Network::drain() {
  (void)read_until([] { return false; }, std::chrono::milliseconds(150));
}

}  // namespace logsniffd::capture
