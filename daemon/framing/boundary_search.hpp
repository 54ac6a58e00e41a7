// Finds where the next record begins, in bytes that begin anywhere: after a gap, in a stream that was joined late, or
// after a false length.
//
// What proves a boundary:
//   counted    an LF or NUL followed by <PRI> or COUNT SP <PRI>; or COUNT SP <PRI> if another frame starts, or the
//              stream ends, right after the COUNT bytes or one byte earlier (a sender that counts one too many). If
//              counting is configured, also COUNT SP without a <PRI>, three in a row.
//   doubtful   the same, or an LF (NUL) alone. It applies after a false count, and when lines are more likely
//              than counts.
//   length     a length and a pickle; a length and a payload that is all text, followed by another length and text;
//              four lengths in a row if the payloads are neither.
//
// The first boundary in the order of the bytes counts, so the result does not depend on how the bytes arrive. Each
// candidate waits for the bytes that it needs. A candidate that needs more than the window is not believed.
//
// Stateless. Linear: a rejected place is not examined again.
#pragma once

#include <cstddef>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/frame_start.hpp"
#include "daemon/framing/length_prefix.hpp"

namespace logsniffd::framing {

struct Boundary {
  enum class Kind : std::uint8_t {
    wait,       // for `wanted` bytes in all
    counted,    // bytes[at] begins a count
    line,       // bytes[at] is the delimiter that ends a line
    length,     // bytes[at] begins a length
    exhausted,  // the window holds no boundary, or no more bytes will come
  };

  Kind kind;
  std::size_t at = 0;
  std::size_t wanted = 0;
  bool one_too_many = false;  // counted: the count includes the first byte of what follows
};

struct SearchArea {
  std::size_t window_bytes;  // bytes beyond it do not change the result
  bool final;                // no more bytes will come
  bool is_guess = false;     // a guessed format: only lengths that cannot be text count, and none is waited for
};

struct TextRules {
  CountRule counts;
  std::uint32_t max_count;
  bool line_alone;  // an LF or NUL alone is a boundary (doubtful)
  bool ends_with_lf;
  bool ends_with_nul;
};

// REQUIRED: `bytes` begins where the bytes of the last search began, and `from` is what that search left (0 at first).
[[nodiscard]] Boundary find_text_boundary(Bytes bytes, std::uint32_t& from, SearchArea area, const TextRules& rules);

// `seen`: what the payloads of the stream look like.
[[nodiscard]] Boundary find_length_boundary(Bytes bytes, std::uint32_t& from, SearchArea area, LengthFormat format,
                                            Payload seen);

}  // namespace logsniffd::framing
