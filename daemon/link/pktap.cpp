// What macOS puts in front of packets of any interface (LINKTYPE_PKTAP). The format of that packet is its own.
#include "daemon/capture/pcap_format.hpp"
#include "daemon/link/link_header.hpp"

namespace logsniffd::link {
namespace {

constexpr std::size_t kLeastHeader = 108;
constexpr std::uint32_t kRecordIsPacket = 1;
constexpr std::size_t kNameBytes = 24;
constexpr std::uint32_t kInbound = 1;
constexpr std::uint32_t kOutbound = 2;

}  // namespace

// Length, type of record, link type, name of the interface, flags, and more that does not matter here. Machines that
// write it are little-endian.
Step pktap(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  const std::uint32_t length = reader.u32le();
  const std::uint32_t record = reader.u32le();
  const std::uint32_t link_type = reader.u32le();
  reader.skip(kNameBytes);
  const std::uint32_t flags = reader.u32le();
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  if (length < kLeastHeader) return Step::stop(LinkVerdict::bad_header);
  if (length > bytes.size()) return Step::stop(LinkVerdict::truncated);
  if (record != kRecordIsPacket) return Step::stop(LinkVerdict::not_ip);
  if ((flags & (kInbound | kOutbound)) == kInbound) facts.direction = PacketDirection::incoming;
  if ((flags & (kInbound | kOutbound)) == kOutbound) facts.direction = PacketDirection::outgoing;
  return first_header(capture::file_link_type(link_type), bytes.subspan(length));
}

}  // namespace logsniffd::link
