// The times that programs write as text into their structured messages. logged_time.hpp lists them.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/base/time.hpp"

namespace logsniffd::record::value {

// Nothing unless the whole of `text` is such a time and its zone can be known. Looks at no more than
// kLongestTime characters.
inline constexpr std::size_t kLongestTime = 128;
[[nodiscard]] std::optional<PacketTime> read_time_text(std::string_view text, PacketTime captured_at);

}  // namespace logsniffd::record::value
