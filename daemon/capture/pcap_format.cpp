#include "daemon/capture/pcap_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/base/byte_reader.hpp"

namespace logsniffd::capture {
namespace {

constexpr std::uint32_t kMicroseconds = 0xA1B2'C3D4;
constexpr std::uint32_t kNanoseconds = 0xA1B2'3C4D;
constexpr std::uint32_t kModified = 0xA1B2'CD34;
constexpr std::uint32_t kIxiaNanoseconds = 0x1C00'01AC;
constexpr std::uint32_t kIxiaMicroseconds = 0x1C00'01AB;
constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::size_t kIxiaLengthBytes = 4;
constexpr std::size_t kLeastHeaderBytes = 16;
constexpr std::size_t kModifiedHeaderBytes = 24;
constexpr std::uint16_t kMajorVersion = 2;
constexpr std::uint16_t kMinorVersion = 4;
constexpr std::uint16_t kAixMinorVersion = 2;

// The tcpdump of AIX numbers links as RFC 1573 does (IANA ifType). Its version is that of early libpcap files, in which
// these numbers stood for links that hardly occur in such files.
struct AixLink {
  std::uint32_t if_type;
  LinkType link_type;
};
constexpr std::array kAixLinks{AixLink{6, LinkType::ethernet}, AixLink{9, LinkType{6}}, AixLink{15, LinkType{10}},
                               AixLink{24, LinkType::null}};

bool is_ixia(std::uint32_t magic) { return magic == kIxiaNanoseconds || magic == kIxiaMicroseconds; }

bool is_magic(std::uint32_t magic) {
  return magic == kMicroseconds || magic == kNanoseconds || magic == kModified || is_ixia(magic);
}

std::endian order_of(Bytes magic) {
  return is_magic(ByteReader(magic).u32(std::endian::big)) ? std::endian::big : std::endian::little;
}

}  // namespace

bool PcapFormat::recognizes(Bytes magic) {
  return is_magic(ByteReader(magic).u32(std::endian::big)) || is_magic(ByteReader(magic).u32(std::endian::little));
}

std::size_t PcapFormat::file_header_bytes(Bytes magic) {
  return kFileHeaderBytes + (is_ixia(ByteReader(magic).u32(order_of(magic))) ? kIxiaLengthBytes : 0);
}

Expected<PcapFormat> PcapFormat::from_header(Bytes header) {
  PcapFormat format;
  format.order_ = order_of(header);

  ByteReader reader(header);
  const std::uint32_t magic = reader.u32(format.order_);
  const std::uint16_t major = reader.u16(format.order_);
  const std::uint16_t minor = reader.u16(format.order_);
  reader.skip(12);  // two reserved words, snapshot length
  const std::uint32_t link_type = reader.u32(format.order_);
  if (!reader.ok()) return fail(Error::runtime("ends inside the file header"));
  if (major != kMajorVersion || minor > kMinorVersion) {
    return fail(Error::runtime(fmt::format(
        "pcap version {}.{} is not supported, only 2.0 to 2.4 are; convert it with editcap", major, minor)));
  }
  format.nanoseconds_per_tick_ = magic == kNanoseconds || magic == kIxiaNanoseconds ? 1 : 1000;
  if (magic == kModified) format.header_bytes_ = kModifiedHeaderBytes;
  format.link_type_ = file_link_type(link_type);
  format.lengths_in_any_order_ = minor < kMinorVersion;
  if (magic != kMicroseconds || minor != kAixMinorVersion) return format;
  const auto* const aix = std::ranges::find(kAixLinks, link_type, &AixLink::if_type);
  if (aix == kAixLinks.end()) return format;
  format.link_type_ = aix->link_type;
  format.nanoseconds_per_tick_ = 1;
  return format;
}

RecordCut PcapFormat::next(Bytes unread, RawPacket& packet) {
  if (unread.size() < header_bytes_) return RecordCut::incomplete(header_bytes_);
  ByteReader reader(unread.first(kLeastHeaderBytes));  // its size is known to the compiler
  const std::uint32_t seconds = reader.u32(order_);
  const std::uint32_t fraction = reader.u32(order_);
  std::uint32_t captured = reader.u32(order_);
  std::uint32_t original = reader.u32(order_);
  if (lengths_in_any_order_ && captured > original) [[unlikely]]
    std::swap(captured, original);
  if (captured > kMaxPacketBytes) return RecordCut::damaged("a packet longer than 16 MiB");
  const std::size_t whole = header_bytes_ + captured;
  if (unread.size() < whole) return RecordCut::incomplete(whole);

  packet.bytes = unread.subspan(header_bytes_, captured);
  packet.original_length = std::max(original, captured);
  // 32 bits of seconds, read as unsigned: valid until 2106, and far inside the range of PacketTime.
  packet.captured_at =
      PacketTime(Duration(std::int64_t{seconds} * 1'000'000'000 + std::int64_t{fraction} * nanoseconds_per_tick_));
  packet.link_type = link_type_;
  packet.interface_id = 0;
  packet.interface = {};
  return RecordCut::packet(whole);
}

LinkType file_link_type(std::uint32_t field) {
  constexpr std::array<std::uint16_t, 2> kPlatformRaw = {12, 14};
  const auto number = static_cast<std::uint16_t>(field & 0xFFFFU);
  if (std::ranges::find(kPlatformRaw, number) != kPlatformRaw.end()) return LinkType::raw;
  return LinkType{number};
}

}  // namespace logsniffd::capture
