// Link layers and IP: the different ways to wrap the same datagrams.
#include <array>
#include <string>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::Packet;
using test::TcpConversation;
using test::udp_packet;

constexpr std::uint8_t kUdp = 17;
constexpr std::string_view kClient6 = "[2001:db8::1]:50000";
constexpr std::string_view kServer6 = "[2001:db8::2]:9988";

Packet datagram(std::string_view payload) { return udp_packet(endpoint(kClient), endpoint(kServer), payload); }
Packet datagram6(std::string_view payload) { return udp_packet(endpoint(kClient6), endpoint(kServer6), payload); }

FileBytes udp_duplicate_on_two_interfaces() {
  constexpr std::uint8_t kIncoming = 0;
  constexpr std::uint8_t kOutgoing = 4;
  Capture capture(kLinuxSll2);
  capture.frame(test::sll2(datagram("crosses a bridge"), 2, kIncoming));
  capture.frame(test::sll2(datagram("crosses a bridge"), 3, kOutgoing));
  capture.pause(1s);
  capture.frame(test::sll2(datagram("said twice"), 2, kIncoming));
  capture.frame(test::sll2(datagram("said twice"), 2, kIncoming));
  capture.pause(1s);
  capture.frame(test::sll2(datagram("said again later"), 2, kIncoming));
  capture.pause(50ms);
  capture.frame(test::sll2(datagram("said again later"), 3, kIncoming));
  return capture.bytes();
}

std::vector<Packet> fragments(std::string_view from, std::string_view to, std::uint32_t identification,
                              std::string_view payload) {
  const Endpoint src = endpoint(from);
  const Endpoint dst = endpoint(to);
  return test::ip_fragments(src.address, dst.address, {.protocol = kUdp, .identification = identification},
                            test::udp(src, dst, payload), 16);
}

FileBytes ip_fragments() {
  Capture capture;
  capture.ip(fragments(kClient, kServer, 1, "fragments of sixteen bytes, in order"));
  auto backwards = fragments(kClient, kServer, 2, "fragments of sixteen bytes, the last one first");
  capture.ip(std::vector(backwards.rbegin(), backwards.rend()));
  const auto twice = fragments(kClient, kServer, 3, "fragments of sixteen bytes, one of them twice");
  capture.ip(twice[0]);
  capture.ip(twice);
  auto lost = fragments(kClient, kServer, 4, "fragments of sixteen bytes, one of them lost");
  lost.pop_back();
  capture.ip(lost);
  capture.ip(fragments(kClient6, kServer6, 5, "fragments of IPv6"));
  return capture.bytes();
}

FileBytes ipv6() {
  Capture capture;
  TcpConversation talk(endpoint(kClient6), endpoint(kServer6));
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("a line\n"));
  capture.ip(talk.server_says("an answer\n"));
  capture.ip(talk.close());
  capture.ip(datagram6("a datagram"));
  return capture.bytes();
}

// Eight bytes of options (RFC 8200, 4.2): the next header, and one PadN.
Packet option_header(std::uint8_t next_header) { return {next_header, 0, 1, 4, 0, 0, 0, 0}; }

FileBytes ipv6_extension_headers() {
  constexpr std::uint8_t kHopByHop = 0;
  constexpr std::uint8_t kDestinationOptions = 60;
  const Endpoint src = endpoint(kClient6);
  const Endpoint dst = endpoint(kServer6);
  Packet chain = option_header(kDestinationOptions);
  const Packet destination = option_header(kUdp);
  const Packet udp = test::udp(src, dst, "behind two extension headers");
  chain.insert(chain.end(), destination.begin(), destination.end());
  chain.insert(chain.end(), udp.begin(), udp.end());
  Capture capture;
  capture.ip(test::ip(src.address, dst.address, {.protocol = kHopByHop}, chain));
  return capture.bytes();
}

FileBytes vlan() {
  Capture capture;
  capture.frame(test::ethernet(datagram("in VLAN 42"), {42}));
  capture.frame(test::ethernet(datagram6("IPv6 in VLAN 43"), {43}));
  capture.frame(test::ethernet(datagram("in none")));
  return capture.bytes();
}

FileBytes qinq() {
  Capture capture;
  capture.frame(test::ethernet(datagram("VLAN 42 in VLAN 100"), {100, 42}));
  capture.frame(test::ethernet(datagram("four tags"), {1, 2, 3, 4}));
  capture.frame(test::ethernet(datagram("five tags are too many"), {1, 2, 3, 4, 5}));
  return capture.bytes();
}

FileBytes sll() {
  Capture capture(kLinuxSll);
  capture.frame(test::sll(datagram("IPv4 in a cooked capture")));
  capture.frame(test::sll(datagram6("IPv6 in a cooked capture")));
  return capture.bytes();
}

FileBytes null_loopback() {
  Capture capture(kNull);
  capture.frame(test::null_loopback(datagram("IPv4 on a BSD loopback")));
  capture.frame(test::null_loopback(datagram6("IPv6 on a BSD loopback")));
  return capture.bytes();
}

FileBytes raw_ip() {
  Capture capture(kRaw);
  capture.frame(datagram("IPv4 without a link layer"));
  capture.frame(datagram6("IPv6 without a link layer"));
  return capture.bytes();
}

// One section with two interfaces and alternating packets. CaptureWriter writes one interface per file, so the
// description and packets of the second interface come from a file of their own.
FileBytes pcapng_two_link_types() {
  constexpr std::size_t kSectionHeader = 28;
  constexpr std::size_t kInterfaceAt = 8;  // in an enhanced packet block
  using test::CaptureWriter;
  using test::FileKind;
  FileBytes file = CaptureWriter(kEthernet, FileKind::pcapng).bytes();
  const std::size_t header = file.size();
  const auto append = [&file](Bytes part) { file.insert(file.end(), part.begin(), part.end()); };
  PacketTime now = Capture::kStart;
  const auto packet_block = [&](const Packet& frame, std::uint8_t interface) {
    CaptureWriter alone(kEthernet, FileKind::pcapng);
    alone.add(frame, now);
    now += 1ms;
    FileBytes block(alone.bytes().begin() + static_cast<std::ptrdiff_t>(header), alone.bytes().end());
    block[kInterfaceAt] = interface;
    return block;
  };
  append(Bytes(CaptureWriter(kRaw, FileKind::pcapng).bytes()).subspan(kSectionHeader));
  append(packet_block(test::ethernet(datagram("from an Ethernet")), 0));
  append(packet_block(datagram("from a tunnel"), 1));
  append(packet_block(test::ethernet(datagram6("and again from the Ethernet")), 0));
  return file;
}

}  // namespace

std::span<const Condition> packet_conditions() {
  static constexpr std::array kConditions{
      Condition{"udp-duplicate-on-two-interfaces", udp_duplicate_on_two_interfaces},
      Condition{"ip-fragments", ip_fragments},
      Condition{"ipv6", ipv6},
      Condition{"ipv6-extension-headers", ipv6_extension_headers},
      Condition{"vlan", vlan},
      Condition{"qinq", qinq},
      Condition{"sll", sll},
      Condition{"null-loopback", null_loopback},
      Condition{"raw-ip", raw_ip},
      Condition{"pcapng-two-link-types", pcapng_two_link_types, "input.pcapng"},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
