// What the first bytes of a stream prove about how its records are cut (Method::automatic).
//
// In this order; what is decided stays decided, and until then no record is out:
//
//   first bytes                                   decides
//   COUNT SP <PRI>                                octet counting (RFC 6587, 3.4.1), lines between counted messages too
//   <PRI>                                         lines, of syslog (RFC 6587, 3.4.2); not in a stream joined late
//   14..17 03 00..04                              foreign: TLS
//   ac ed 00 05                                   foreign: Java serialization
//   text up to a LF                               lines
//   text up to a NUL                              NUL
//   length, and a payload as senders frame it so  length: 4 bytes big-endian, 4 little, 2 big, 2 little. The payload is
//                                                 a pickled dict or text (JSON and <PRI> included); for 2 bytes of text
//                                                 also a second length where the first one ends
//   control characters all over                   foreign: binary
//   none of these within limits.record            lines
//
// Lines end with the first of LF and NUL that comes, for the whole stream. What is a line may turn to counting at each
// frame's start (FrameStart), whatever was decided here.
//
// A stream that was joined late, or had a gap before anything was decided, begins inside a record. There the same is
// sought behind the first bytes: COUNT SP <PRI> anywhere before the first delimiter; a 4-byte big-endian length right
// behind text, or within kLateWindow bytes, where its payload is a pickle, or text and a second length where that ends.
//
// Binary is judged conservatively: not before kBinaryWindow bytes or the stream's end; only for control characters
// (text_byte.hpp), at least one in twenty, of three kinds or more. A NUL that ends text is none; UTF-16 is text.
//
// Stateless. Linear: what was looked at is not looked at again.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/length_prefix.hpp"

namespace logsniffd::framing {

enum class Evidence : std::uint8_t {
  count,        // the stream began with it
  later_count,  // at a later frame's start
  count_chain,  // inside a stream that was joined late or had a gap: a count, and where it ends another frame's start
  priority,
  line_feed,
  nul,
  length_4_big,
  length_4_little,
  length_2_big,
  length_2_little,
  no_delimiter,  // no evidence within limits.record: lines
};
inline constexpr std::array<std::string_view, 11> kEvidenceNames{"octet: count before <PRI>",
                                                                 "octet: count at a later record",
                                                                 "octet: count up to the next record",
                                                                 "lines: <PRI>",
                                                                 "lines: LF",
                                                                 "nul: NUL",
                                                                 "length: 4 bytes big-endian",
                                                                 "length: 4 bytes little-endian",
                                                                 "length: 2 bytes big-endian",
                                                                 "length: 2 bytes little-endian",
                                                                 "lines: no delimiter within limits.record"};

// What a stream is whose bytes are no log records.
enum class Foreign : std::uint8_t { tls, java_serialization, binary };
inline constexpr std::array<std::string_view, 3> kForeignNames{"tls", "java_serialization", "binary"};

struct Judgement {
  enum class Kind : std::uint8_t {
    wait,       // for `wanted` bytes in all
    decided,    // by `evidence`; the first record begins `at`
    search,     // a count inside text: for the boundary that it is part of
    foreign,    // `foreign`
    undecided,  // nothing, and no more to come
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
  bool final;                // no more will come
  std::uint32_t max_count;   // FrameStart
  std::size_t record_bytes;  // limits.record
  std::size_t window_bytes;  // so much can be waited for
};

// REQUIRED: `bytes` begins where the last judgement's did, and `looked_at` is what that left: at first 0.
[[nodiscard]] Judgement judge(Bytes bytes, std::uint32_t& looked_at, const Circumstances& circumstances);

[[nodiscard]] constexpr LengthFormat format_of(Evidence evidence) {
  const bool two = evidence == Evidence::length_2_big || evidence == Evidence::length_2_little;
  const bool little = evidence == Evidence::length_4_little || evidence == Evidence::length_2_little;
  return {static_cast<std::uint8_t>(two ? 2 : 4), little ? std::endian::little : std::endian::big};
}

}  // namespace logsniffd::framing
