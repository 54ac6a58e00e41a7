// Where does the next record begin, in bytes that begin anywhere: after a gap, in a stream that was joined late, behind
// a false length.
//
// What proves a boundary:
//   counted    a LF or NUL followed by <PRI> or COUNT SP <PRI>; or COUNT SP <PRI> where another frame starts, or the
//              stream ends, right behind the COUNT bytes, or one byte before (a sender that counts one too many). Where
//              counting is configured also COUNT SP without a <PRI>, three in a row.
//   doubtful   the same, or a LF (NUL) alone: behind a false count, and where lines are more likely than counts.
//   length     a length and a pickle; a length, text all over its payload, and where it ends another length and text;
//              four lengths in a row where payloads are neither.
// The first one in the order of the bytes counts, so that the result does not depend on how the bytes arrive. Each
// place waits for the bytes that it needs; none that needs more than the window is believed.
//
// Stateless. Linear: places that were refused are not looked at again.
#pragma once

#include <cstddef>

#include "daemon/base/bytes.hpp"
#include "daemon/framing/frame_start.hpp"
#include "daemon/framing/length_prefix.hpp"

namespace logsniffd::framing {

struct Boundary {
  enum class Kind : std::uint8_t {
    wait,       // for `wanted` bytes in all
    counted,    // a count stands `at`
    line,       // a line ends `at`, its delimiter is the byte there
    length,     // a length stands `at`
    exhausted,  // none in the window, or none at all where no more will come
  };

  Kind kind;
  std::size_t at = 0;
  std::size_t wanted = 0;
  bool one_too_many = false;  // counted: the count takes the first byte of what follows
};

struct SearchArea {
  std::size_t window_bytes;  // REQUIRED: bytes beyond it do not change the result
  bool final;                // no more will come
  bool is_guess = false;     // the format is: only lengths that cannot be text count, and none is waited for
};

struct TextRules {
  CountRule counts;
  std::uint32_t max_count;
  bool line_alone;  // doubtful
  bool ends_with_lf;
  bool ends_with_nul;
};

// REQUIRED: `bytes` begins where the last search's did, and `from` is what that left: at first 0.
[[nodiscard]] Boundary find_text_boundary(Bytes bytes, std::uint32_t& from, SearchArea area, const TextRules& rules);

// `seen`: what the stream's payloads look like.
[[nodiscard]] Boundary find_length_boundary(Bytes bytes, std::uint32_t& from, SearchArea area, LengthFormat format,
                                            Payload seen);

}  // namespace logsniffd::framing
