// PPP over serial lines and over Ethernet, and Cisco's HDLC, which serial lines carry as well.
#include "daemon/link/link_header.hpp"

namespace logsniffd::link {
namespace {

// IANA, PPP DLL protocol numbers
constexpr std::uint16_t kIpv4 = 0x0021;
constexpr std::uint16_t kIpv6 = 0x0057;
constexpr std::uint16_t kMplsUnicast = 0x0281;
constexpr std::uint16_t kMplsMulticast = 0x0283;

constexpr std::uint8_t kAllStations = 0xff;  // RFC 1662, 3.1; with the control field 3, it may be left out
constexpr std::uint8_t kCiscoUnicast = 0x0f;
constexpr std::uint8_t kCiscoMulticast = 0x8f;
constexpr std::uint8_t kPppoeVersionAndType = 0x11;
constexpr std::uint8_t kPppoeData = 0;
constexpr std::size_t kProtocol = 2;  // of PPP, which PPPoE does not compress (RFC 2516, 7)

}  // namespace

// The protocol may be compressed to its second byte, which is odd; the first one never is (RFC 1661, 2).
Step ppp(Bytes bytes, FrameFacts&) {
  ByteReader reader(bytes);
  std::uint16_t protocol = reader.u8();
  if (protocol % 2 == 0) protocol = static_cast<std::uint16_t>(protocol << 8 | reader.u8());
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  switch (protocol) {
    case kIpv4:
    case kIpv6:
      return Step::ip(reader.rest());
    case kMplsUnicast:
    case kMplsMulticast:
      return Step::to(mpls, reader.rest());
    default:
      return Step::stop(LinkVerdict::not_ip);
  }
}

Step ppp_or_cisco(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  switch (reader.u8()) {
    case kCiscoUnicast:
    case kCiscoMulticast:
      return cisco_hdlc(bytes, facts);
    case kAllStations:
      reader.skip(1);  // control
      if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
      return Step::to(ppp, reader.rest());
    default:
      return ppp(bytes, facts);
  }
}

// Version and type, code, session, length.
Step pppoe(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  const std::uint8_t version_and_type = reader.u8();
  const std::uint8_t code = reader.u8();
  reader.skip(2);
  const std::size_t length = reader.u16be();
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  if (version_and_type != kPppoeVersionAndType) return Step::stop(LinkVerdict::bad_header);
  if (code != kPppoeData) return Step::stop(LinkVerdict::not_ip);
  if (length < kProtocol) return Step::stop(LinkVerdict::bad_header);
  return announced(ppp, reader.rest(), length, facts);
}

// Address, control, EtherType.
Step cisco_hdlc(Bytes bytes, FrameFacts&) {
  ByteReader reader(bytes);
  reader.skip(2);
  const std::uint16_t ether_type = reader.u16be();
  return after_ether_type(ether_type, reader);
}

}  // namespace logsniffd::link
