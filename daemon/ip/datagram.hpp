// An IP datagram, or one fragment of it: the value that leaves the ip room.
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/base/bytes.hpp"
#include "daemon/base/endpoint.hpp"

namespace logsniffd::ip {

// IANA protocol numbers that this program follows.
inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint8_t kProtocolUdp = 17;

struct FragmentInfo {
  std::uint32_t identification;
  std::uint32_t offset;  // in bytes, a multiple of 8
  bool more_fragments;
};

struct Datagram {
  Address src;
  Address dst;
  std::uint8_t protocol = 0;                  // of the payload, after IPv6 extension headers
  Bytes payload = {};                         // its captured bytes; link padding removed
  std::uint32_t missing_bytes = 0;            // announced by the header, cut by the snapshot length
  std::optional<FragmentInfo> fragment = {};  // set if this is only a part (RFC 791, 3.2; RFC 8200, 4.5)
};

enum class IpVerdict : std::uint8_t {
  datagram,
  bad_version,  // neither 4 nor 6
  bad_header,   // header length below 20, or headers beyond the captured bytes or beyond the total length
  bad_length,   // a total length smaller than the smallest header (IPv4), or larger than the frame was
  too_many_extensions,
  mapped_address,  // an IPv6 address that stands for an IPv4 one (RFC 4291, 2.5.5.2): never used on the wire
};

struct IpResult {
  IpVerdict verdict = IpVerdict::bad_header;
  Datagram datagram = {};  // meaningful when verdict is datagram
};

}  // namespace logsniffd::ip
