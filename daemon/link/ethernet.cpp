// Ethernet and the tags in it: the headers that carry an EtherType.
#include "daemon/link/link_decoder.hpp"
#include "daemon/link/link_header.hpp"
#include "daemon/link/link_numbers.hpp"

namespace logsniffd::link {
namespace {

constexpr std::size_t kAddresses = 12;
constexpr std::size_t kServiceTag = 4;  // priority, flags, and 24 bits of service
constexpr std::uint16_t kLongest8023 = 1500;
constexpr std::uint16_t kTag8021ad = 0x88a8;
constexpr std::uint16_t kTagOldQinQ = 0x9100;
constexpr std::uint16_t kTag8021ah = 0x88e7;
constexpr std::uint16_t kMplsUnicast = 0x8847;
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::uint16_t kPppoeSession = 0x8864;

bool is_vlan_tag(std::uint16_t ether_type) {
  return ether_type == kTag8021Q || ether_type == kTag8021ad || ether_type == kTagOldQinQ;
}

// Tags are read here, because most of them follow each other. On Ethernet the field may also be the length of what
// follows: LLC (IEEE 802.3, 3.2.6). A failed read yields 0, which is not a tag.
Step after_type_or_length(std::uint16_t field, ByteReader reader, FrameFacts& facts) {
  while (is_vlan_tag(field)) {
    if (facts.vlan_tags == kMaxVlanTags) return Step::stop(LinkVerdict::too_many_tags);
    ++facts.vlan_tags;
    reader.skip(2);  // priority and VLAN identifier
    field = reader.u16be();
  }
  if (reader.ok() && field <= kLongest8023) return announced(llc, reader.rest(), field, facts);
  return after_ether_type(field, reader);
}

}  // namespace

Step after_ether_type(std::uint16_t ether_type, ByteReader reader) {
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  switch (ether_type) {
    case kEtherTypeIpv4:
    case kEtherTypeIpv6:
      return Step::ip(reader.rest());
    case kTag8021Q:
    case kTag8021ad:
    case kTagOldQinQ:
      return Step::to(vlan_tag, reader.rest());
    case kTag8021ah:
      return Step::to(service_tag, reader.rest());
    case kMplsUnicast:
    case kMplsMulticast:
      return Step::to(mpls, reader.rest());
    case kPppoeSession:
      return Step::to(pppoe, reader.rest());
    default:
      return Step::stop(LinkVerdict::not_ip);
  }
}

Step ethernet(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  reader.skip(kAddresses);
  const std::uint16_t field = reader.u16be();
  return after_type_or_length(field, reader, facts);
}

Step vlan_tag(Bytes bytes, FrameFacts& facts) { return after_type_or_length(kTag8021Q, ByteReader(bytes), facts); }

// The customer's frame follows, from its addresses on.
Step service_tag(Bytes bytes, FrameFacts&) {
  ByteReader reader(bytes);
  reader.skip(kServiceTag);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  return Step::to(ethernet, reader.rest());
}

}  // namespace logsniffd::link
