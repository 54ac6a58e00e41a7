// IEEE 802.2: the header of 802.3 and 802.11 frames.
#include "daemon/link/link_header.hpp"

namespace logsniffd::link {
namespace {

constexpr std::uint16_t kSnap = 0xaaaa;  // destination and source
constexpr std::uint16_t kIp = 0x0606;    // RFC 948
constexpr std::uint8_t kUnnumberedInformation = 3;
// The organizations whose protocol numbers are EtherTypes: RFC 1042, and 802.1H for bridges.
constexpr std::uint32_t kEncapsulatedEthernet = 0x000000;
constexpr std::uint32_t kBridgeTunnel = 0x0000f8;

}  // namespace

Step llc(Bytes bytes, FrameFacts&) {
  ByteReader reader(bytes);
  const std::uint16_t access_points = reader.u16be();
  const std::uint8_t control = reader.u8();
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  if (control != kUnnumberedInformation) return Step::stop(LinkVerdict::not_ip);
  if (access_points == kIp) return Step::ip(reader.rest());
  if (access_points != kSnap) return Step::stop(LinkVerdict::not_ip);
  const std::uint32_t organization_high = reader.u8();
  const std::uint32_t organization = organization_high << 16 | reader.u16be();
  const std::uint16_t protocol = reader.u16be();
  const bool is_ether_type = organization == kEncapsulatedEthernet || organization == kBridgeTunnel;
  if (reader.ok() && !is_ether_type) return Step::stop(LinkVerdict::not_ip);
  return after_ether_type(protocol, reader);
}

}  // namespace logsniffd::link
