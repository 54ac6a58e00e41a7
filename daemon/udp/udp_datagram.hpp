// A UDP datagram: the value that leaves the udp room.
#pragma once

#include <cstdint>

#include "daemon/base/bytes.hpp"
#include "daemon/base/endpoint.hpp"

namespace logsniffd::udp {

enum class UdpVerdict : std::uint8_t {
  datagram,
  truncated_header,  // fewer than 8 bytes
  bad_length,        // the length field is below 8, or beyond what the IP header announces
};

struct UdpDatagram {
  UdpVerdict verdict = UdpVerdict::truncated_header;
  Flow flow;
  Bytes payload;                    // by the UDP length field (RFC 768); 0 means all that IP carries (RFC 2675)
  std::uint32_t missing_bytes = 0;  // announced, but cut by the snapshot length
};

}  // namespace logsniffd::udp
