// Records that follow their length: 2 or 4 bytes, big- or little-endian. Says which lengths are plausible, and what a
// payload looks like.
#pragma once

#include <array>
#include <bit>
#include <cstddef>

#include "daemon/base/bytes.hpp"
#include "daemon/base/choice.hpp"

namespace logsniffd::framing {

// A length above this is false. A record within this bound that exceeds limits.record is cut, and skipped by
// its length.
inline constexpr std::uint32_t kMaxLength = 16U << 20;

inline constexpr auto kByteOrders =
    std::to_array<Choice<std::endian>>({{"big", std::endian::big}, {"little", std::endian::little}});

struct LengthFormat {
  std::uint8_t bytes = 4;  // 2 or 4
  std::endian order = std::endian::big;

  bool operator==(const LengthFormat&) const = default;
};

enum class Payload : std::uint8_t {
  unknown,  // none seen yet, or too little of it
  text,     // JSON, <PRI>, any text
  pickle,   // a dict, as Python's SocketHandler sends it: }q\0( (protocol 1), or PROTO 2 to 5
  other,
};

// REQUIRED: bytes.size() >= format.bytes.
[[nodiscard]] std::uint32_t length_at(Bytes bytes, LengthFormat format);

[[nodiscard]] constexpr bool is_plausible_length(std::uint32_t length) { return length > 0 && length <= kMaxLength; }

// What the first bytes of a payload of `length` bytes show; unknown: `bytes` is too short to decide.
inline constexpr std::size_t kPayloadStart = 8;
[[nodiscard]] Payload payload_at(Bytes bytes, std::uint32_t length);

}  // namespace logsniffd::framing
