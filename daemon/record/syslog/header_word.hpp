// What a word in the header of a syslog message can be.
//
// RFC 3164 (4.1.2) puts the host after the time. Many senders leave it out, so the first word of a text stands
// there: "last message repeated 2 times", "Failed password: ...". A wrong host is worse than a missing one. So a
// word counts as a host by its own shape ("web-1", "10.0.0.1") or, if it could be a word of any text ("mars"), by
// what surrounds it.
#pragma once

#include <string_view>

#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {

inline constexpr std::size_t kMaxHost = 255;  // RFC 5424, 6: HOSTNAME

enum class HostShape {
  none,     // punctuation, a number, a date, a time zone
  opening,  // a word that opens messages ("last", "Failed"): a host only before a tag with a process number
  weak,     // letters alone, or the address of a network card: a host if the next word proves a header
  strong,   // an address, or a name with digits, dots or hyphens in it
};

HostShape host_shape(std::string_view word);

// The word at the front of `cursor`, if it can be part of a host and ends at a space; empty otherwise.
std::string_view peek_host_word(const text::TextCursor& cursor);

// Takes the text up to a space, which stays, or to the end. Takes nothing if the word is longer than any in a header.
inline std::string_view take_word(text::TextCursor& cursor) {
  const std::string_view text = cursor.rest().substr(0, kMaxHost + 1);
  const std::size_t end = text.find(' ');
  if (end == text.npos && text.size() > kMaxHost) return {};
  return cursor.take(end == text.npos ? text.size() : end);
}

inline void skip_blanks(text::TextCursor& cursor) {
  cursor.eat(' ');
  cursor.eat(' ');
}

// True if what follows a weak host is not the rest of a sentence: a bracket or quote, key=value, values between commas
// or bars, another header, or one of the sentences that syslogd writes itself. A number or an address proves nothing
// ("Fan 1 failed", "Peer 192.0.2.1 is up").
bool follows_a_host(std::string_view text);

// "info", "auth.info" (Cisco Meeting Server), "auth|security:info" (AIX): a severity, perhaps after its facility.
bool is_level(std::string_view word);

// CEF or LEEF begins here (cef.hpp, leef.hpp).
inline bool is_security_event(std::string_view text) { return text.starts_with("CEF:") || text.starts_with("LEEF:"); }

// Reads a name with its "[pid]:" or ": ", and steps over them and one space. A tag is at most kMaxTag characters, has a
// letter, and has none of the characters that make it look like JSON, key=value or a URL. A "[digits]: " after a name
// proves that it is a tag; the name may then contain ':', '<' and '>' (Docker's image names) and be kMaxProvenTag long.
// A severity before a colon is not a tag, and neither is a key that texts begin with ("Severity: Informational, ...").
inline constexpr std::size_t kMaxTag = 48;
inline constexpr std::size_t kMaxProvenTag = 255;
bool read_tag(text::TextCursor& cursor, std::string_view& app, std::string_view& pid);

}  // namespace logsniffd::record::syslog
