// A loss marker as bytes, and back: the form in which a spool keeps it.
//
// LAYOUT  `when` as u64, in nanoseconds, little-endian; the rest is its text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::spool {

struct Notice {
  std::string_view text;
  PacketTime when{};
};

[[nodiscard]] std::string encode_notice(const Notice& notice);
// The text is a view of `bytes`. Nothing if they are not a notice.
[[nodiscard]] std::optional<Notice> decode_notice(std::string_view bytes);

}  // namespace logsniffd::spool
