// Packets that netfilter handed to a log group (LINKTYPE_NFLOG): attributes, one of which is the packet.
#include <algorithm>
#include <bit>

#include "daemon/link/link_header.hpp"

namespace logsniffd::link {
namespace {

constexpr std::uint32_t kIpv4 = 2;   // AF_INET
constexpr std::uint32_t kIpv6 = 10;  // AF_INET6
constexpr std::size_t kAttributeHeader = 4;
constexpr std::uint16_t kTypeMask = 0x3fff;  // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
constexpr std::uint16_t kPayload = 9;        // NFULA_PAYLOAD

// The packet may be cut twice: the rule of netfilter can hand on only its first bytes, and then the snapshot length
// cuts the attribute.
Step packet_among(Bytes attributes, std::endian order, FrameFacts& facts) {
  ByteReader reader(attributes);
  while (reader.remaining() > 0) {
    const std::size_t length = reader.u16(order);
    const std::uint16_t type = reader.u16(order) & kTypeMask;
    if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
    if (length < kAttributeHeader) return Step::stop(LinkVerdict::bad_header);
    const std::size_t value = length - kAttributeHeader;
    if (type == kPayload) {
      facts.cut_bytes = kUnknownCut;
      return Step::ip(reader.rest().first(std::min(value, reader.remaining())));
    }
    reader.skip((value + 3) / 4 * 4);
    if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  }
  return Step::stop(facts.cut_bytes > 0 ? LinkVerdict::truncated : LinkVerdict::not_ip);
}

// Lengths have the byte order of the capturing host, which the file does not record. The kernel writes a short
// attribute first, so its length is the smaller one of the two readings.
std::endian order_of(Bytes attributes) {
  ByteReader reader(attributes);
  const std::uint16_t length = reader.u16be();
  return length < __builtin_bswap16(length) ? std::endian::big : std::endian::little;
}

}  // namespace

// Address family, version, log group, attributes.
Step nflog(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  const std::uint8_t family = reader.u8();
  const std::uint8_t version = reader.u8();
  reader.skip(2);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  if (version != 0) return Step::stop(LinkVerdict::bad_header);
  if (family != kIpv4 && family != kIpv6) return Step::stop(LinkVerdict::not_ip);
  return packet_among(reader.rest(), order_of(reader.rest()), facts);
}

}  // namespace logsniffd::link
