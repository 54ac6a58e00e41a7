// Frames of wireless networks. Only a data frame that holds exactly one packet, in the clear, is of use.
#include "daemon/link/link_header.hpp"

namespace logsniffd::link {
namespace {

// Frame control, as a little-endian word (IEEE 802.11, 9.2.4.1).
constexpr std::uint16_t kVersion = 0x0003;
constexpr std::uint16_t kType = 0x000c;
constexpr std::uint16_t kTypeData = 0x0008;
constexpr std::uint16_t kNoData = 0x0040;  // subtypes of data frames
constexpr std::uint16_t kQos = 0x0080;
constexpr std::uint16_t kBothSystems = 0x0300;  // to and from a distribution system: there is a fourth address
constexpr std::uint16_t kMoreFragments = 0x0400;
constexpr std::uint16_t kProtected = 0x4000;
constexpr std::uint16_t kOrder = 0x8000;  // with QoS: there is an HT control field

constexpr std::size_t kDurationAndAddresses = 2 + 3 * 6;
constexpr std::size_t kAddress = 6;
constexpr std::size_t kHtControl = 4;
constexpr std::uint16_t kFragmentNumber = 0x000f;  // in the sequence control field
constexpr std::uint16_t kSeveralPackets = 0x0080;  // in the QoS control field: an A-MSDU

// radiotap.org; the header's numbers are little-endian.
constexpr std::size_t kLeastRadiotap = 8;
constexpr std::uint32_t kHasTime = 1U << 0;
constexpr std::uint32_t kHasFlags = 1U << 1;
constexpr std::uint32_t kHasMoreWords = 1U << 31;
constexpr std::size_t kChecksum = 4;
constexpr std::size_t kTimeBytes = 8;        // and its alignment
constexpr std::uint8_t kHasChecksum = 0x10;  // behind the frame
constexpr std::uint8_t kPadded = 0x20;
constexpr std::uint8_t kWrongChecksum = 0x40;

enum class Padding : bool { none, to_four_bytes };

std::uint16_t u16le(ByteReader& reader) { return reader.u16(std::endian::little); }

Step data_frame(Bytes bytes, Padding padding) {
  ByteReader reader(bytes);
  const std::uint16_t control = u16le(reader);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  if ((control & kVersion) != 0) return Step::stop(LinkVerdict::bad_header);
  if ((control & kType) != kTypeData || (control & kNoData) != 0) return Step::stop(LinkVerdict::not_ip);
  if ((control & kProtected) != 0) return Step::stop(LinkVerdict::encrypted);

  reader.skip(kDurationAndAddresses);
  const std::uint16_t fragment = u16le(reader) & kFragmentNumber;
  if ((control & kBothSystems) == kBothSystems) reader.skip(kAddress);
  std::uint16_t qos = 0;
  if ((control & kQos) != 0) {
    qos = u16le(reader);
    if ((control & kOrder) != 0) reader.skip(kHtControl);
  }
  const std::size_t header = bytes.size() - reader.remaining();
  if (padding == Padding::to_four_bytes) reader.skip((4 - header % 4) % 4);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  const bool one_packet = fragment == 0 && (control & kMoreFragments) == 0 && (qos & kSeveralPackets) == 0;
  if (!one_packet) return Step::stop(LinkVerdict::not_one_packet);
  return Step::to(llc, reader.rest());
}

Step padded_data_frame(Bytes bytes, FrameFacts&) { return data_frame(bytes, Padding::to_four_bytes); }

// The flags of a radiotap header, 0 if it has none. Its fields follow the words that say which ones are there.
std::uint8_t radiotap_flags(Bytes header) {
  ByteReader reader(header);
  reader.skip(4);
  const std::uint32_t present = reader.u32le();
  for (std::uint32_t word = present; (word & kHasMoreWords) != 0;) word = reader.u32le();
  if ((present & kHasFlags) == 0) return 0;
  if ((present & kHasTime) != 0) {
    const std::size_t at = header.size() - reader.remaining();
    reader.skip((kTimeBytes - at % kTimeBytes) % kTimeBytes + kTimeBytes);
  }
  return reader.u8();
}

}  // namespace

Step ieee80211(Bytes bytes, FrameFacts&) { return data_frame(bytes, Padding::none); }

// Version, padding, length of the header, fields.
Step ieee80211_radiotap(Bytes bytes, FrameFacts& facts) {
  ByteReader reader(bytes);
  const std::uint8_t version = reader.u8();
  reader.skip(1);
  const std::size_t length = u16le(reader);
  if (!reader.ok()) return Step::stop(LinkVerdict::truncated);
  if (version != 0 || length < kLeastRadiotap) return Step::stop(LinkVerdict::bad_header);
  if (length > bytes.size()) return Step::stop(LinkVerdict::truncated);
  const std::uint8_t flags = radiotap_flags(bytes.first(length));
  if ((flags & kWrongChecksum) != 0) return Step::stop(LinkVerdict::bad_checksum);
  const LinkHeader next = (flags & kPadded) != 0 ? padded_data_frame : ieee80211;
  const Bytes frame = bytes.subspan(length);
  if ((flags & kHasChecksum) == 0) return Step::to(next, frame);
  const std::size_t on_air = frame.size() + facts.cut_bytes;
  if (on_air < kChecksum) return Step::stop(LinkVerdict::bad_header);
  return announced(next, frame, on_air - kChecksum, facts);
}

}  // namespace logsniffd::link
