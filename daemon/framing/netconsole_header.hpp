// The header of the Linux kernel's extended console as netconsole sends it over UDP (the kernel's
// Documentation/networking/netconsole.rst and Documentation/ABI/testing/dev-kmsg):
//
//   [RELEASE,]LEVEL,SEQ,USEC,FLAG[,KEY=VALUE...];BODY
//
// LEVEL is facility * 8 + severity. SEQ counts the sender's messages. USEC is microseconds since the sender's boot.
// FLAG is "-", or "c" and "+" for fragments of one line. With ncfrag=OFFSET/TOTAL among the keys, BODY is a part of a
// longer one.
//
// Pure. Text of another origin must not be mistaken for a header: a number has no leading zero and fits its type, LEVEL
// is at most 191, RELEASE begins with one to three digits and has a dot, and the whole is at most kMaxNetconsoleHeader
// bytes. Text that does not begin with a digit is rejected at its first byte.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/bytes.hpp"

namespace logsniffd::framing {

inline constexpr std::size_t kMaxNetconsoleHeader = 512;
inline constexpr std::size_t kMaxNetconsoleRelease = 64;  // the kernel's own limit for it

// LIFETIME  the views point into the text that was read.
struct NetconsoleHeader {
  std::string_view release;  // empty: absent
  std::uint8_t level = 0;
  std::uint64_t seq = 0;
  std::uint64_t usec = 0;
  std::string_view seq_digits;
  std::string_view usec_digits;
  std::string_view flag;  // one character
  std::string_view keys;  // "key=value" with commas between
  std::size_t size = 0;   // of the header, up to BODY
};

// Checks only the first word, which ends with a comma. Lines that begin with a date are common: no level and no release
// begins with four digits, and the first word of such a line ends with a blank.
[[nodiscard]] inline bool may_be_netconsole(Bytes payload) {
  constexpr std::size_t kYear = 4;
  const auto is_number = [](std::uint8_t b) { return b >= '0' && b <= '9'; };
  if (payload.size() <= kYear || !is_number(payload[0])) return false;
  if (is_number(payload[3]) && is_number(payload[2]) && is_number(payload[1])) return false;
  for (const std::uint8_t b : payload.subspan(1, std::min(payload.size() - 1, kMaxNetconsoleRelease))) {
    if (b <= ' ') return false;
    if (b == ',') return true;
  }
  return false;
}

[[nodiscard]] std::optional<NetconsoleHeader> read_netconsole_header(std::string_view text);

// The value of the first key with this name; a view without data if there is none.
[[nodiscard]] std::string_view netconsole_value(const NetconsoleHeader& header, std::string_view key);

struct NetconsoleFragment {
  std::uint32_t offset;
  std::uint32_t total;
};
// "OFFSET/TOTAL"
[[nodiscard]] std::optional<NetconsoleFragment> read_netconsole_fragment(std::string_view value);

}  // namespace logsniffd::framing
