// Appends Ethernet frames of TCP or UDP to a buffer, for one connection at a time; fast enough to write millions.
//
// Every header has the shape that Linux gives it: 12 bytes of TCP timestamps, correct checksums. The destination MAC
// does not belong to any host, so that a host that sees the replayed frames does not answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace logsniffd::bench {

struct Connection {
  std::uint32_t client_address = 0;
  std::uint16_t client_port = 0;
  std::uint32_t client_next = 1;  // the next sequence number; both sides start from their ISN
  std::uint32_t server_next = 1;
  std::uint32_t lines = 0;  // said so far
  bool ack_owed = false;
  bool open = false;
};

enum class Side { client, server };

// What the frames of a capture have in common.
struct FrameShape {
  bool ipv6 = false;  // the same hosts in fd00::/96, with their IPv4 addresses in the last 32 bits
  bool vlan = false;  // each frame has a tag of 802.1Q
  bool udp = false;
};

inline constexpr std::uint16_t kServerPort = 9988;
inline constexpr std::uint32_t kServerAddress = 0x0AFF'0001;  // 10.255.0.1
inline constexpr std::size_t kLongestPayload = 65'000;
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kPush = 0x08;
inline constexpr std::uint8_t kAck = 0x10;

// Appends the frame that `from` sends, and advances its sequence number. `flags` and `timestamp` are those of TCP.
// REQUIRED: the payload has at most kLongestPayload bytes.
void append_frame(std::string& out, const FrameShape& shape, Connection& connection, Side from, std::uint8_t flags,
                  std::string_view payload, std::uint32_t timestamp);

}  // namespace logsniffd::bench
