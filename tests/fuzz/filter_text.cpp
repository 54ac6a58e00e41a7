// Any bytes: whether they look like text agrees with a slow, simple and independent validator.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "daemon/base/bytes.hpp"
#include "daemon/filter/filter_table.hpp"

namespace {

constexpr std::size_t kLookedAt = 512;

// Returns the length of the first character, or 0 if it is invalid. `cut`: `text` may end inside what was sent.
std::size_t decode_one(logsniffd::Bytes text, bool cut, std::uint32_t& character) {
  const std::uint8_t lead = text[0];
  const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 0x6 ? 2 : lead >> 4 == 0xe ? 3 : lead >> 3 == 0x1e ? 4 : 0;
  if (length == 0 || (length > text.size() && !cut)) return 0;
  const std::size_t there = std::min(length, text.size());
  // The missing bytes may be anything: compute the least and the greatest possible character.
  std::uint32_t least = length == 1 ? lead : lead & (0x7fU >> length);
  std::uint32_t greatest = least;
  for (std::size_t i = 1; i < length; ++i) {
    if (i < there && text[i] >> 6 != 2) return 0;
    least = least << 6 | (i < there ? text[i] & 0x3fU : 0);
    greatest = greatest << 6 | (i < there ? text[i] & 0x3fU : 0x3fU);
  }
  constexpr std::uint32_t kFirstOf[] = {0, 0, 0x80, 0x800, 0x10000};
  if (greatest < kFirstOf[length] || least > 0x10ffff || (least >= 0xd800 && greatest <= 0xdfff)) return 0;
  character = there == length ? least : 'x';
  return there;
}

bool expected(logsniffd::Bytes bytes) {
  if (bytes.size() > 1 && bytes.back() == 0) bytes = bytes.first(bytes.size() - 1);
  const bool cut = bytes.size() > kLookedAt;
  const logsniffd::Bytes text = bytes.first(std::min(bytes.size(), kLookedAt));
  std::size_t controls = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t character = 0;
    const std::size_t length = decode_one(text.subspan(i), cut, character);
    if (length == 0) return false;
    const bool harmless = character == '\t' || character == '\n' || character == '\r' || character == 0x1b;
    if (!harmless && (character < 0x20 || (character >= 0x7f && character < 0xa0))) ++controls;
    i += length;
  }
  return controls == 0 || controls * 20 < text.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const logsniffd::Bytes bytes{data, size};
  if (logsniffd::filter::looks_like_text(logsniffd::as_text(bytes)) != expected(bytes)) std::abort();
  return 0;
}
