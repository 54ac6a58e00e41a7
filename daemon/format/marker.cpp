#include "daemon/format/marker.hpp"

#include <algorithm>

namespace logsniffd::format {
namespace {

constexpr std::string_view kMarkerWord = kMarkerStart.substr(0, kOwnName.size() + 1);  // "logsniffd:"
constexpr std::string_view kCounted = " record";

// The number of bytes before the first character that is certainly visible: spaces, control characters, and everything
// that is not ASCII, since some of that has no width.
std::size_t unseen(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && (text[size] <= ' ' || text[size] > '~')) ++size;
  return size;
}

void escape_first(std::string_view& text, std::string& out) {
  const std::size_t front = unseen(text);
  text::append_escaped(text.substr(0, front), out);
  text.remove_prefix(front);
  if (text.empty()) return;
  text::append_hex(text.front(), out);
  text.remove_prefix(1);
}

}  // namespace

bool begins_as_marker(std::string_view text) { return text.substr(unseen(text)).starts_with(kMarkerWord); }

bool continues_as_marker(std::string_view text) {
  text.remove_prefix(unseen(text));
  const std::size_t digits = std::min(text.find_first_not_of("0123456789,"), text.size());
  return digits > 0 && text.substr(digits).starts_with(kCounted);
}

bool holds_marker(std::string_view line) {
  for (std::size_t at = line.find(kMarkerWord); at != std::string_view::npos; at = line.find(kMarkerWord, at + 1)) {
    if (continues_as_marker(line.substr(at + kMarkerWord.size()))) return true;
  }
  return false;
}

void append_first_escaped(std::string_view text, std::string& out) {
  escape_first(text, out);
  text::append_escaped(text, out);
}

void append_without_own_name(std::string_view text, std::string& out) {
  escape_first(text, out);
  for (std::size_t at = text.find(kOwnName); at != std::string_view::npos; at = text.find(kOwnName)) {
    text::append_escaped(text.substr(0, at), out);
    text::append_hex(text[at], out);
    text.remove_prefix(at + 1);
  }
  text::append_escaped(text, out);
}

}  // namespace logsniffd::format
