#include "tests/bench/frame_writer.hpp"

#include <cstddef>

namespace logsniffd::bench {
namespace {

constexpr std::size_t kMacAddresses = 12;
constexpr std::size_t kIpv4 = 20;
constexpr std::size_t kTcp = 32;
constexpr std::size_t kUdp = 8;
constexpr std::uint32_t kTcpNumber = 6;
constexpr std::uint32_t kUdpNumber = 17;

void u16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value >> 8U));
  out.push_back(static_cast<char>(value));
}

void u32(std::string& out, std::uint32_t value) {
  u16(out, value >> 16U);
  u16(out, value & 0xFFFFU);
}

// The one's complement sum of RFC 1071 over out[from, end).
std::uint32_t sum(const std::string& out, std::size_t from) {
  std::uint32_t total = 0;
  std::size_t at = from;
  for (; at + 1 < out.size(); at += 2) {
    total +=
        static_cast<std::uint32_t>(static_cast<unsigned char>(out[at]) << 8U | static_cast<unsigned char>(out[at + 1]));
  }
  if (at < out.size()) total += static_cast<std::uint32_t>(static_cast<unsigned char>(out[at]) << 8U);
  return total;
}

void put_checksum(std::string& out, std::size_t at, std::uint32_t total) {
  while (total > 0xFFFFU) total = (total & 0xFFFFU) + (total >> 16U);
  const std::uint32_t checksum = ~total & 0xFFFFU;
  out[at] = static_cast<char>(checksum >> 8U);
  out[at + 1] = static_cast<char>(checksum);
}

// What both headers above the link layer need to know.
struct Packet {
  std::uint32_t src;
  std::uint32_t dst;
  std::uint32_t protocol;
  std::uint32_t length;  // of the transport's header and payload
};

// The addresses are fd00::A.B.C.D.
constexpr std::uint32_t kIpv6Prefix = 0xFD00'0000;

void ipv6_address(std::string& out, std::uint32_t address) {
  u32(out, kIpv6Prefix);
  u32(out, 0);
  u32(out, 0);
  u32(out, address);
}

void append_link(std::string& out, const FrameShape& shape, bool client) {
  out.append(client ? "\x02\0\0\0\0\x02\x02\0\0\0\0\x01" : "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", kMacAddresses);
  if (shape.vlan) u32(out, 0x8100'0064);  // VLAN 100
  u16(out, shape.ipv6 ? 0x86DD : 0x0800);
}

void append_ip(std::string& out, const FrameShape& shape, const Packet& packet) {
  if (shape.ipv6) {
    u32(out, 0x6000'0000);
    u16(out, packet.length);
    u16(out, packet.protocol << 8U | 64U);  // hop limit 64
    ipv6_address(out, packet.src);
    ipv6_address(out, packet.dst);
    return;
  }
  const std::size_t start = out.size();
  u16(out, 0x4500);
  u16(out, static_cast<std::uint32_t>(kIpv4) + packet.length);
  u32(out, 0x0000'4000);                  // identification 0, don't fragment
  u16(out, 64U << 8U | packet.protocol);  // TTL 64
  u16(out, 0);
  u32(out, packet.src);
  u32(out, packet.dst);
  put_checksum(out, start + 10, sum(out, start));
}

// The pseudo header of RFC 9293, 3.1, and RFC 8200, 8.1.
std::uint32_t pseudo_sum(const FrameShape& shape, const Packet& packet) {
  const auto halves = [](std::uint32_t value) { return (value >> 16U) + (value & 0xFFFFU); };
  const std::uint32_t prefixes = shape.ipv6 ? 2 * halves(kIpv6Prefix) : 0;
  return halves(packet.src) + halves(packet.dst) + prefixes + packet.protocol + packet.length;
}

}  // namespace

void append_frame(std::string& out, const FrameShape& shape, Connection& connection, Side from, std::uint8_t flags,
                  std::string_view payload, std::uint32_t timestamp) {
  const bool client = from == Side::client;
  const std::uint32_t client_address = connection.client_address;
  const Packet packet{client ? client_address : kServerAddress, client ? kServerAddress : client_address,
                      shape.udp ? kUdpNumber : kTcpNumber,
                      static_cast<std::uint32_t>((shape.udp ? kUdp : kTcp) + payload.size())};
  append_link(out, shape, client);
  append_ip(out, shape, packet);

  const std::size_t transport = out.size();
  u16(out, client ? connection.client_port : kServerPort);
  u16(out, client ? kServerPort : connection.client_port);
  if (shape.udp) {
    u16(out, packet.length);
    u16(out, 0);
    out.append(payload);
    put_checksum(out, transport + 6, sum(out, transport) + pseudo_sum(shape, packet));
    return;
  }
  std::uint32_t& mine = client ? connection.client_next : connection.server_next;
  const std::uint32_t theirs = client ? connection.server_next : connection.client_next;
  u32(out, mine);
  u32(out, (flags & kAck) != 0 ? theirs : 0);
  u16(out, 0x8000U | flags);
  u16(out, 0xFFFF);
  u32(out, 0);            // checksum, urgent pointer
  u32(out, 0x0101'080A);  // two NOPs, timestamps (RFC 7323)
  u32(out, timestamp);
  u32(out, timestamp);
  out.append(payload);
  put_checksum(out, transport + 16, sum(out, transport) + pseudo_sum(shape, packet));

  mine += static_cast<std::uint32_t>(payload.size());
  if ((flags & (kSyn | kFin)) != 0) ++mine;
}

}  // namespace logsniffd::bench
