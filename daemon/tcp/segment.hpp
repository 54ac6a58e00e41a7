// One TCP segment: its header fields and a view of its payload (RFC 9293, 3.1).
#pragma once

#include <cstdint>

#include "daemon/base/bytes.hpp"
#include "daemon/base/endpoint.hpp"
#include "daemon/ip/datagram.hpp"

namespace logsniffd::tcp {

inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kAck = 0x10;

struct SegmentView {
  Flow flow;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint8_t flags = 0;
  Bytes payload;                    // urgent data is in line, as RFC 6093 recommends
  std::uint32_t missing_bytes = 0;  // payload cut by the snapshot length
  std::uint16_t ingress = 0;        // the caller's number for the interface on which it arrived
};

enum class TcpVerdict : std::uint8_t { segment, truncated_header, bad_offset };

struct SegmentResult {
  TcpVerdict verdict = TcpVerdict::truncated_header;
  SegmentView segment;
};

// Stateless; any thread. REQUIRED: datagram.protocol is TCP, and the datagram is not a fragment. Checksums are not
// verified (offloading).
[[nodiscard]] SegmentResult decode(const ip::Datagram& datagram);

}  // namespace logsniffd::tcp
