// Keeps the texts of senders apart from the daemon's own lines in a stream of records: the loss markers
// (loss_notice.hpp).
//
// Every marker begins with kMarkerStart. A sender's text never does, in any format but raw: if it would, its first
// character is written as \xHH, one of the escapes of append_escaped(), so that the bytes can be recovered in the
// usual way.
//
// BOUNDS  all functions are linear in the text; begins_as_marker() and continues_as_marker() look only at its beginning,
//         up to the first word in ASCII.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/text/escape.hpp"

namespace logsniffd::format {

inline constexpr std::string_view kOwnName = "logsniffd";
inline constexpr std::string_view kMarkerStart = "logsniffd: ";

// Who wrote a line.
enum class Author : std::uint8_t { sender, daemon };

// Whether `text` begins like a marker. Leading spaces, control characters and characters beyond ASCII are ignored: some
// of them cannot be seen.
[[nodiscard]] bool begins_as_marker(std::string_view text);
// Whether `text` makes a marker of the words before it: "1,284 records ..." does after the tag "logsniffd: ".
[[nodiscard]] bool continues_as_marker(std::string_view text);
// Whether "logsniffd: 1,284 record" stands anywhere in `line`.
[[nodiscard]] bool holds_marker(std::string_view line);

// Like append_escaped(), but the first printable ASCII character other than a space becomes \xHH.
void append_first_escaped(std::string_view text, std::string& out);
// Like append_first_escaped(), but the first letter of each kOwnName is also escaped.
void append_without_own_name(std::string_view text, std::string& out);

// Appends the message of a sender, escaped; never a marker.
inline void append_message(std::string_view message, std::string& out) {
  if (begins_as_marker(message)) [[unlikely]]
    return append_first_escaped(message, out);
  text::append_escaped(message, out);
}

}  // namespace logsniffd::format
