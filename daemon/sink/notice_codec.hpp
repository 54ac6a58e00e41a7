// A loss marker as bytes, and back: what a spool keeps of it.
//
// LAYOUT  when u64, nanoseconds, little-endian; the rest is its text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::sink {

struct Notice {
  std::string_view text;
  PacketTime when{};
};

[[nodiscard]] std::string encode_notice(const Notice& notice);
// The text is a view of `bytes`. Nothing where they are no notice.
[[nodiscard]] std::optional<Notice> decode_notice(std::string_view bytes);

}  // namespace logsniffd::sink
