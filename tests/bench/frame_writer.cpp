#include "tests/bench/frame_writer.hpp"

#include <cstddef>

namespace logsniffd::bench {
namespace {

constexpr std::size_t kEthernet = 14;
constexpr std::size_t kIpv4 = 20;
constexpr std::size_t kTcp = 32;

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

}  // namespace

void append_frame(std::string& out, Connection& connection, Side from, std::uint8_t flags, std::string_view payload,
                  std::uint32_t timestamp) {
  const bool client = from == Side::client;
  const std::uint32_t src = client ? connection.client_address : kServerAddress;
  const std::uint32_t dst = client ? kServerAddress : connection.client_address;
  std::uint32_t& mine = client ? connection.client_next : connection.server_next;
  const std::uint32_t theirs = client ? connection.server_next : connection.client_next;

  const std::size_t start = out.size();
  out.append(client ? "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0" : "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0", kEthernet);

  u16(out, 0x4500);
  u16(out, static_cast<std::uint32_t>(kIpv4 + kTcp + payload.size()));
  u32(out, 0x0000'4000);  // identification 0, don't fragment
  u16(out, 0x4006);       // TTL 64, TCP
  u16(out, 0);
  u32(out, src);
  u32(out, dst);
  put_checksum(out, start + kEthernet + 10, sum(out, start + kEthernet));

  const std::size_t tcp = out.size();
  u16(out, client ? connection.client_port : kServerPort);
  u16(out, client ? kServerPort : connection.client_port);
  u32(out, mine);
  u32(out, (flags & kAck) != 0 ? theirs : 0);
  u16(out, 0x8000U | flags);
  u16(out, 0xFFFF);
  u32(out, 0);            // checksum, urgent pointer
  u32(out, 0x0101'080A);  // two NOPs, timestamps (RFC 7323)
  u32(out, timestamp);
  u32(out, timestamp);
  out.append(payload);
  const auto length = static_cast<std::uint32_t>(kTcp + payload.size());
  const std::uint32_t pseudo = (src >> 16U) + (src & 0xFFFFU) + (dst >> 16U) + (dst & 0xFFFFU) + 6 + length;
  put_checksum(out, tcp + 16, sum(out, tcp) + pseudo);

  mine += static_cast<std::uint32_t>(payload.size());
  if ((flags & (kSyn | kFin)) != 0) ++mine;
}

}  // namespace logsniffd::bench
