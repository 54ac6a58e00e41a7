// What the framer of a stream gets with each call, how it answers, and how it gives out frames.
//
// THREAD    confined to the capture worker that owns the stream.
// LIFETIME  one call of StreamFramer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "daemon/framing/evidence.hpp"
#include "daemon/framing/frame.hpp"
#include "daemon/framing/frame_start.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

enum class Step : std::uint8_t { taken, wait };

enum class Terminator : std::uint8_t {
  unknown,     // the first LF or NUL decides
  lf,          // CR and NUL before it, and NUL after it, belong to it
  nul,         // CR and LF on either side of it belong to it
  configured,  // FramingOptions::delimiter (or NUL, Method::nul), and nothing else
};

// What the records of a stream begin with, as far as it is known.
enum class Opener : std::uint8_t { unknown, priority, json, date };

// Who cuts the stream from now on.
struct Decision {
  enum class To : std::uint8_t { same, detector, delimited, counted, length, json, priority, foreign };

  To to = To::same;
  Terminator terminator = Terminator::unknown;  // delimited, counted
  Opener starts = Opener::unknown;              // delimited
  HeaderKind header = HeaderKind::none;         // priority
  LengthFormat format = {};                     // length
  bool is_line = false;                         // delimited: the next record is a line, whatever it looks like
  bool after_line = false;                      // counted: lines were cut before
  bool proven = false;                          // counted: a chain of counts was seen
  bool one_too_many = false;                    // counted: its counts are one too high
  bool late = false;                            // delimited: the bytes may begin inside a message
  bool skip = false;                            // delimited: the bytes begin inside a record that was cut
  bool search = false;                          // json: the bytes begin inside a value
  bool several_lines = false;                   // json: that value was printed over several lines
  bool no_json = false;                         // detector: the next bytes are not a JSON object
  bool nul_seen = false;                        // detector: a NUL ended the last record
};

struct FramerCall {
  FramingContext& context;
  const FramingOptions& options;
  FrameObserver& observer;
  Integrity& damage;                    // of the frame that is being read; whole: none is known
  bool final = false;                   // no bytes can be waited for: a gap, the stream's end, or no memory
  bool ended = false;                   // the stream is over
  bool quiet = false;                   // nothing has come for StreamFramer::kQuiet
  bool more = false;                    // the segment has further bytes than those that are shown
  const std::uint8_t* fresh = nullptr;  // start of the segment that was just added
  std::size_t wanted = 0;               // answer of Step::wait: bytes needed, from the first one that was left
  Decision next = {};                   // answer

  [[nodiscard]] std::size_t record_bytes() const {
    return std::min<std::size_t>(context.limits.record_bytes, std::numeric_limits<std::uint32_t>::max() / 4);
  }
  // A search or a doubt may need two records, their headers, and the start of a third.
  [[nodiscard]] std::size_t window_bytes() const { return 2 * record_bytes() + 64; }
  // COUNT is bounded before it is believed.
  [[nodiscard]] std::uint32_t max_count() const {
    return std::max(kMaxCount, static_cast<std::uint32_t>(std::min<std::size_t>(record_bytes(), kMaxLength)));
  }
  [[nodiscard]] Step wait(std::size_t bytes) {
    wanted = bytes;
    return Step::wait;
  }
  [[nodiscard]] bool may_wait() const { return !final && !quiet; }
  void overhead(std::size_t bytes) { context.counters.overhead_bytes.add(bytes); }
};

// The damage of the frame, if any. Damage at the start of a frame takes precedence over damage at its end.
[[nodiscard]] inline Integrity take_damage(FramerCall& call, Integrity otherwise) {
  const Integrity damage = std::exchange(call.damage, Integrity::whole);
  return damage == Integrity::whole ? otherwise : damage;
}

// Emits at most limits.record of `frame`; the rest counts as `skipped`.
void emit_cut(FramerCall& call, Bytes frame, Counter& skipped);
// Emits at most limits.record of `frame`, which is complete.
inline void emit(FramerCall& call, Bytes frame) {
  if (frame.size() > call.record_bytes()) [[unlikely]]
    return emit_cut(call, frame, call.context.counters.skipped_bytes);
  call.observer.on_frame(frame, take_damage(call, Integrity::whole));
}
// The same for a frame that is ended only by the start of the next record: the bytes of this call may begin after it.
void emit_held(FramerCall& call, Bytes frame);
// Emits the rest of a record whose end will not come. REQUIRED: call.final.
void emit_rest(FramerCall& call, Bytes rest);
// Emits the bytes that a search passed, with a mark, because their start is not known. Uses up the mark.
void emit_passed(FramerCall& call, Bytes passed);
// The same among binary lengths: bytes that are not text are only counted.
void pass_over(FramerCall& call, Bytes passed);

}  // namespace logsniffd::framing
