// Keeps what senders say apart from the daemon's own lines in a stream of records: the loss markers (loss_notice.hpp).
//
// Every marker begins with kMarkerStart. The text of a sender never does in any format but raw: where it would, its
// first character is written as \xHH, which is one of the escapes that append_escaped() makes, so that the bytes can be
// had back in the usual way.
//
// BOUNDS  all are linear in the text; begins_as_marker() and goes_on_as_marker() look at its beginning alone, up
//         to the first word in ASCII.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/sink/escape.hpp"

namespace logsniffd::sink {

inline constexpr std::string_view kOwnName = "logsniffd";
inline constexpr std::string_view kMarkerStart = "logsniffd: ";

// Who speaks in a line.
enum class Author : std::uint8_t { sender, daemon };

// Whether `text` begins like a marker. Spaces, control characters and characters beyond ASCII in front change nothing:
// some of them cannot be seen.
[[nodiscard]] bool begins_as_marker(std::string_view text);
// Whether `text` makes a marker of the words in front of it: "1,284 records ..." does behind the tag "logsniffd: ".
[[nodiscard]] bool goes_on_as_marker(std::string_view text);
// Whether "logsniffd: 1,284 record" stands anywhere in `line`.
[[nodiscard]] bool holds_marker(std::string_view line);

// As append_escaped(), and the first printable ASCII character but a space becomes \xHH.
void append_first_escaped(std::string_view text, std::string& out);
// The same, and so does the first letter of each kOwnName.
void append_without_own_name(std::string_view text, std::string& out);

// The message of a sender, escaped; never a marker.
inline void append_message(std::string_view message, std::string& out) {
  if (begins_as_marker(message)) [[unlikely]]
    return append_first_escaped(message, out);
  append_escaped(message, out);
}

}  // namespace logsniffd::sink
