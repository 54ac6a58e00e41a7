#include "daemon/capture/pcapng_format.hpp"

#include <algorithm>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::capture {
namespace {

// draft-ietf-opsawg-pcapng, 4 and 11.1
constexpr std::uint32_t kSectionHeader = 0x0A0D'0D0A;  // reads the same in both byte orders
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kOldPacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;

constexpr std::uint32_t kByteOrderMagic = 0x1A2B'3C4D;
constexpr std::uint16_t kBlocksMajorVersion = 1;
constexpr std::uint16_t kMinorVersionToo = 2;  // accepted as well as 0: some writers use it for the same format
constexpr std::size_t kTypeAndLength = 8;
constexpr std::size_t kTrailingLength = 4;
constexpr std::size_t kLeastBlock = kTypeAndLength + kTrailingLength;
constexpr std::size_t kLeastSectionHeader = 28;

}  // namespace

bool PcapngFormat::recognizes(Bytes magic) { return ByteReader(magic).u32be() == kSectionHeader; }

RecordCut PcapngFormat::next(Bytes unread, RawPacket& packet) {
  Block block{};
  const RecordCut cut = cut_block(unread, block);
  if (cut.kind != RecordCut::Kind::no_packet) return cut;
  return take(block, packet);
}

bool PcapngFormat::keeps_names(Bytes unread) const {
  const std::uint32_t type = ByteReader(unread).u32(order_);
  return type != kSectionHeader && type != kInterfaceDescription;
}

RecordCut PcapngFormat::cut_block(Bytes unread, Block& block) {
  if (unread.size() < kLeastBlock) return RecordCut::incomplete(kLeastBlock);
  ByteReader reader(unread);
  block.type = reader.u32(order_);
  std::endian order = order_;
  if (block.type == kSectionHeader) {
    ByteReader magic(unread.subspan(kTypeAndLength));
    const std::uint32_t big = magic.u32be();
    if (big != kByteOrderMagic && big != __builtin_bswap32(kByteOrderMagic)) {
      return RecordCut::damaged("a section header without its byte order magic");
    }
    order = big == kByteOrderMagic ? std::endian::big : std::endian::little;
  }
  block.bytes = reader.u32(order);
  if (block.bytes < (block.type == kSectionHeader ? kLeastSectionHeader : kLeastBlock) || block.bytes % 4 != 0) {
    return RecordCut::damaged("an impossible block length");
  }
  if (block.bytes > kMaxRecordBytes) return RecordCut::damaged("a block longer than 16 MiB");
  if (unread.size() < block.bytes) return RecordCut::incomplete(block.bytes);
  block.body = unread.subspan(kTypeAndLength, block.bytes - kLeastBlock);
  if (ByteReader(unread.subspan(block.bytes - kTrailingLength)).u32(order) != block.bytes) {
    return RecordCut::damaged("a block whose two lengths differ");
  }
  order_ = order;
  return RecordCut::no_packet(block.bytes);
}

RecordCut PcapngFormat::take(const Block& block, RawPacket& packet) {
  switch (block.type) {
    case kEnhancedPacket:
    case kOldPacket:
      return take_timed_packet(block, packet);
    case kSimplePacket:
      return take_simple_packet(block, packet);
    case kInterfaceDescription:
      return take_interface(block);
    case kSectionHeader: {
      ByteReader reader(block.body);
      reader.skip(4);
      const std::uint16_t major = reader.u16(order_);
      const std::uint16_t minor = reader.u16(order_);
      if (major != kBlocksMajorVersion || (minor != 0 && minor != kMinorVersionToo)) {
        return RecordCut::damaged("a pcapng version other than 1.0 and 1.2");
      }
      first_interface_id_ += static_cast<std::uint32_t>(interfaces_.size());
      interfaces_.clear();
      return RecordCut::no_packet(block.bytes);
    }
    default:
      return RecordCut::no_packet(block.bytes);
  }
}

RecordCut PcapngFormat::take_interface(const Block& block) {
  if (interfaces_.size() == kMaxFileInterfaces) return RecordCut::damaged("more than 65,536 interfaces in a section");
  auto interface = PcapngInterface::from_block(block.body, order_);
  if (!interface) return RecordCut::damaged("a broken interface description");
  interfaces_.push_back(std::move(*interface));
  return RecordCut::no_packet(block.bytes);
}

// 4.3, and Appendix A: the obsolete Packet Block differs only in its first word: 16 bits of interface and 16 of drops.
RecordCut PcapngFormat::take_timed_packet(const Block& block, RawPacket& packet) {
  ByteReader reader(block.body);
  std::uint32_t interface = 0;
  if (block.type == kOldPacket) {
    interface = reader.u16(order_);
    reader.skip(2);
  } else {
    interface = reader.u32(order_);
  }
  const std::uint64_t high = reader.u32(order_);
  const std::uint64_t low = reader.u32(order_);
  const std::uint32_t captured = reader.u32(order_);
  packet.original_length = reader.u32(order_);
  packet.bytes = reader.take(captured);
  if (!reader.ok()) return RecordCut::damaged("a packet longer than its block");
  if (interface >= interfaces_.size()) return RecordCut::damaged("a packet of an interface that was not described");
  last_seen_ = interfaces_[interface].clock.at(high << 32U | low);
  return finish_packet(block, interface, packet);
}

// 4.4: belongs to the section's first interface, is cut at its snapshot length, and has no time.
RecordCut PcapngFormat::take_simple_packet(const Block& block, RawPacket& packet) {
  if (interfaces_.empty()) return RecordCut::damaged("a packet of an interface that was not described");
  ByteReader reader(block.body);
  packet.original_length = reader.u32(order_);
  const std::uint32_t snaplen = interfaces_.front().snaplen_bytes;
  packet.bytes = reader.take(snaplen == 0 ? packet.original_length : std::min(packet.original_length, snaplen));
  if (!reader.ok()) return RecordCut::damaged("a packet longer than its block");
  return finish_packet(block, 0, packet);
}

RecordCut PcapngFormat::finish_packet(const Block& block, std::size_t interface, RawPacket& packet) {
  if (packet.bytes.size() > kMaxPacketBytes) return RecordCut::damaged("a packet longer than 16 MiB");
  packet.original_length = std::max(packet.original_length, static_cast<std::uint32_t>(packet.bytes.size()));
  packet.captured_at = last_seen_;
  packet.link_type = interfaces_[interface].link_type;
  packet.interface_id = first_interface_id_ + static_cast<std::uint32_t>(interface);
  packet.interface = interfaces_[interface].name;
  return RecordCut::packet(block.bytes);
}

}  // namespace logsniffd::capture
