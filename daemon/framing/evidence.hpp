// What the first bytes of a stream prove about how its records are cut (Method::automatic), apart from what text alone
// shows (detector.hpp):
//
//   first bytes         decides
//   COUNT SP <PRI>      octet counting (RFC 6587, 3.4.1)
//   14..17 03 00..04    foreign: TLS
//   ac ed 00 05         foreign: Java serialization
//   length and payload  length: 4 bytes big-endian, 4 little, 2 big, 2 little. The payload is a pickled dict or text
//                       (JSON and <PRI> included). For 2 bytes and text, a second length must follow where the first
//                       one ends. If several formats would do, the one that leads to another record is chosen.
//   control characters  foreign: binary, if they are all over the bytes
//
// In a stream that was joined late the bytes begin inside a record. There a length of any of these formats is looked
// for within kLateWindow bytes. Its payload must be a pickle, or text followed by a second length.
//
// Binary is judged conservatively: not before kBinaryWindow bytes or the stream's end, and only by control characters
// (text_byte.hpp), at least one in twenty bytes, of three kinds or more. A NUL that ends text is not one of them.
// UTF-16 is text.
//
// Stateless.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/length_prefix.hpp"

namespace logsniffd::framing {

enum class Evidence : std::uint8_t {
  count,        // the stream began with a count
  later_count,  // a count at the start of a later frame
  count_chain,  // a count that ends at another frame's start, in a stream that was joined late or had a gap
  priority,
  line_feed,
  nul,
  length_4_big,
  length_4_little,
  length_2_big,
  length_2_little,
  no_delimiter,  // no evidence within limits.record: lines
  json_row,      // objects one after the other
  header_row,    // <PRI> and a header, or <PRI> at the start of segments, again and again: no delimiter
};
inline constexpr std::array<std::string_view, 13> kEvidenceNames{"octet: count before <PRI>",
                                                                 "octet: count at a later record",
                                                                 "octet: count up to the next record",
                                                                 "lines: <PRI>",
                                                                 "lines: LF",
                                                                 "nul: NUL",
                                                                 "length: 4 bytes big-endian",
                                                                 "length: 4 bytes little-endian",
                                                                 "length: 2 bytes big-endian",
                                                                 "length: 2 bytes little-endian",
                                                                 "lines: no delimiter within limits.record",
                                                                 "json: objects one behind the other",
                                                                 "syslog: headers one behind the other"};

// What a stream carries if its bytes are not log records.
enum class Foreign : std::uint8_t { tls, java_serialization, binary };
inline constexpr std::array<std::string_view, 3> kForeignNames{"tls", "java_serialization", "binary"};

struct Judgement {
  enum class Kind : std::uint8_t {
    wait,     // for `wanted` bytes in all
    decided,  // by `evidence`; the first record begins `at`
    foreign,  // `foreign`
  };

  Kind kind;
  std::size_t wanted = 0;
  Evidence evidence = Evidence::no_delimiter;
  std::size_t at = 0;
  Foreign foreign = Foreign::binary;
};

inline constexpr std::size_t kBinaryWindow = 128;
inline constexpr std::size_t kLateWindow = 4096;

struct Circumstances {
  bool late;                 // the bytes begin anywhere inside a record
  bool final;                // no more bytes will come
  std::uint32_t max_count;   // FrameStart
  std::size_t window_bytes;  // how many bytes can be waited for
  bool quiet = false;        // nothing has come for a while
};

// What the first bytes of the stream alone show; nullopt: nothing.
[[nodiscard]] std::optional<Judgement> judge_start(Bytes bytes, const Circumstances& circumstances);
// bytes[at] is the first LF, after text; nullopt: it ends a line.
[[nodiscard]] std::optional<Judgement> judge_line_feed(Bytes bytes, std::size_t at, const Circumstances& circumstances);
// bytes[at] is the first NUL, after text; nullopt: it is part of the text.
[[nodiscard]] std::optional<Judgement> judge_nul(Bytes bytes, std::size_t at, const Circumstances& circumstances);
// For a stream that was joined late, in which NULs may be parts of lengths.
[[nodiscard]] std::optional<Judgement> judge_late_lengths(Bytes bytes, const Circumstances& circumstances);
// bytes[at] is the first other control character, after text.
[[nodiscard]] Judgement judge_control(Bytes bytes, std::size_t at, const Circumstances& circumstances);

[[nodiscard]] constexpr LengthFormat format_of(Evidence evidence) {
  const bool two = evidence == Evidence::length_2_big || evidence == Evidence::length_2_little;
  const bool little = evidence == Evidence::length_4_little || evidence == Evidence::length_2_little;
  return {static_cast<std::uint8_t>(two ? 2 : 4), little ? std::endian::little : std::endian::big};
}

}  // namespace logsniffd::framing
