#include "daemon/framing/length_prefix.hpp"

#include <algorithm>
#include <array>

#include "daemon/base/byte_reader.hpp"
#include "daemon/framing/text_byte.hpp"

namespace logsniffd::framing {
namespace {

constexpr std::uint8_t kProto = 0x80;
constexpr std::uint8_t kEmptyDict = '}';
constexpr std::uint8_t kFrame = 0x95;

enum class Match : std::uint8_t { no, yes, incomplete };

// EMPTY_DICT BINPUT 0 MARK: protocol 1.
Match is_first_protocol(Bytes bytes) {
  constexpr std::array<std::uint8_t, 4> kDict{kEmptyDict, 'q', 0, '('};
  const std::size_t size = std::min(bytes.size(), kDict.size());
  if (!std::equal(kDict.begin(), kDict.begin() + static_cast<std::ptrdiff_t>(size), bytes.begin())) return Match::no;
  return size == kDict.size() ? Match::yes : Match::incomplete;
}

// PROTO 2 or 3, EMPTY_DICT; PROTO 4 or 5, FRAME.
Match is_later_protocol(Bytes bytes) {
  if (bytes.empty()) return Match::incomplete;
  if (bytes[0] != kProto) return Match::no;
  if (bytes.size() < 3) return Match::incomplete;
  const bool framed = bytes[1] == 4 || bytes[1] == 5;
  const bool plain = bytes[1] == 2 || bytes[1] == 3;
  return (framed && bytes[2] == kFrame) || (plain && bytes[2] == kEmptyDict) ? Match::yes : Match::no;
}

}  // namespace

std::uint32_t length_at(Bytes bytes, LengthFormat format) {
  ByteReader reader(bytes);
  return format.bytes == 2 ? reader.u16(format.order) : reader.u32(format.order);
}

Payload payload_at(Bytes bytes, std::uint32_t length) {
  const std::size_t looked_at = std::min<std::size_t>(length, kPayloadStart);
  bytes = bytes.first(std::min(bytes.size(), looked_at));
  const Match first = is_first_protocol(bytes);
  const Match later = is_later_protocol(bytes);
  if (first == Match::yes || later == Match::yes) return Payload::pickle;
  const bool text = bytes.empty() || (bytes[0] >= 0x20 && may_be_text(bytes));
  if (bytes.size() < looked_at && (text || first == Match::incomplete || later == Match::incomplete)) {
    return Payload::unknown;
  }
  return text ? Payload::text : Payload::other;
}

}  // namespace logsniffd::framing
