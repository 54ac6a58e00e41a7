#include "daemon/ip/ip_decoder.hpp"

#include <algorithm>

#include "daemon/base/byte_reader.hpp"
#include "daemon/ip/extension_headers.hpp"

namespace logsniffd::ip {
namespace {

constexpr std::size_t kIpv4Header = 20;  // without options
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint32_t kMoreFragments = 0x2000;
constexpr std::uint32_t kOffsetMask = 0x1fff;  // in units of 8 bytes

IpResult failed(IpVerdict verdict) { return {.verdict = verdict}; }

// The length of a packet whose header does not say.
std::size_t whole_frame(Bytes packet, std::size_t cut_bytes) {
  return packet.size() + (cut_bytes == link::kUnknownCut ? 0 : cut_bytes);
}

// RFC 791, 3.1
IpResult ipv4(Bytes packet, std::size_t cut_bytes) {
  ByteReader header(packet);
  const std::size_t header_length = (header.u8() & 0x0fU) * std::size_t{4};
  header.skip(1);  // type of service
  const std::size_t announced = header.u16be();
  const std::uint32_t identification = header.u16be();
  const std::uint32_t flags_and_offset = header.u16be();
  header.skip(1);  // time to live
  const std::uint8_t protocol = header.u8();
  header.skip(2);  // checksum
  const Bytes src = header.take(4);
  const Bytes dst = header.take(4);
  if (!header.ok() || header_length < kIpv4Header) return failed(IpVerdict::bad_header);

  const std::size_t total_length = announced == 0 ? whole_frame(packet, cut_bytes) : announced;
  if (total_length < kIpv4Header || total_length > packet.size() + cut_bytes) return failed(IpVerdict::bad_length);
  ByteReader within(packet.first(std::min(total_length, packet.size())));
  within.skip(header_length);
  if (!within.ok()) return failed(IpVerdict::bad_header);

  IpResult result{.verdict = IpVerdict::datagram};
  result.datagram.src = Address::from_ipv4(src);
  result.datagram.dst = Address::from_ipv4(dst);
  result.datagram.protocol = protocol;
  result.datagram.payload = within.rest();
  result.datagram.missing_bytes = static_cast<std::uint32_t>(total_length - std::min(total_length, packet.size()));
  if ((flags_and_offset & (kMoreFragments | kOffsetMask)) != 0) {
    result.datagram.fragment =
        FragmentInfo{identification, (flags_and_offset & kOffsetMask) * 8, (flags_and_offset & kMoreFragments) != 0};
  }
  return result;
}

// RFC 8200, 3
IpResult ipv6(Bytes packet, std::size_t cut_bytes) {
  ByteReader header(packet);
  header.skip(4);  // version, traffic class, flow label
  const std::size_t announced = header.u16be();
  const std::uint8_t next_header = header.u8();
  header.skip(1);  // hop limit
  const Bytes src = header.take(Address::kSize);
  const Bytes dst = header.take(Address::kSize);
  if (!header.ok()) return failed(IpVerdict::bad_header);

  const std::size_t total_length = announced == 0 ? whole_frame(packet, cut_bytes) : kIpv6Header + announced;
  if (total_length > packet.size() + cut_bytes) return failed(IpVerdict::bad_length);
  ByteReader within(packet.first(std::min(total_length, packet.size())));
  within.skip(kIpv6Header);
  const ExtensionWalk walk = walk_extension_headers(within, next_header);
  if (walk.verdict != IpVerdict::datagram) return failed(walk.verdict);

  IpResult result{.verdict = IpVerdict::datagram};
  result.datagram.src = Address::from_ipv6(src);
  result.datagram.dst = Address::from_ipv6(dst);
  // Such a packet would be taken for the IPv4 flow of that address, and could be injected into it from outside.
  if (result.datagram.src.is_ipv4() || result.datagram.dst.is_ipv4()) return failed(IpVerdict::mapped_address);
  result.datagram.protocol = walk.protocol;
  result.datagram.payload = within.rest();
  result.datagram.missing_bytes = static_cast<std::uint32_t>(total_length - std::min(total_length, packet.size()));
  result.datagram.fragment = walk.fragment;
  return result;
}

}  // namespace

IpResult decode(Bytes packet, std::size_t cut_bytes) {
  if (packet.empty()) return failed(IpVerdict::bad_header);
  switch (ByteReader(packet).u8() >> 4) {
    case 4:
      return ipv4(packet, cut_bytes);
    case 6:
      return ipv6(packet, cut_bytes);
    default:
      return failed(IpVerdict::bad_version);
  }
}

}  // namespace logsniffd::ip
