// Words of a syslog header, which contain no spaces: PRINTUSASCII (RFC 5424, 6).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace logsniffd::sink::syslog {

// Appends the first `limit` characters of `word`, with '_' for each one that is not printable ASCII or is
// in `forbidden`.
inline void append_word(std::string_view word, std::size_t limit, std::string_view forbidden, std::string& out) {
  for (const char c : word.substr(0, limit)) {
    out.push_back(c > ' ' && c <= '~' && forbidden.find(c) == std::string_view::npos ? c : '_');
  }
}

}  // namespace logsniffd::sink::syslog
