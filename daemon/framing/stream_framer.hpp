// Cuts one direction of a stream into frames: at a delimiter, by a count, by a length, or as its bytes prove
// (evidence.hpp).
//
// A frame that lies within one call of bytes() is passed on where it lies; only what crosses calls is copied. How the
// bytes are cut into calls changes nothing, but when limits.partial_bytes is used up.
//
// Damage is declared, never mended: what lies on the two sides of a gap is never joined, and the first frame behind a
// gap (or of a stream that was joined late) carries that mark. After one, frames go on
//   delimited       behind the next delimiter
//   octet, length   at the next boundary that is proven (boundary_search.hpp). What lies before it is one frame with
//   the
//                   mark, as far as limits.record allows, where it is text; otherwise it is counted as skipped. A
//                   record that starts right behind the gap has the mark too.
//
// A count or length that cannot be (FramingCounters::false_lengths):
//   octet   where a count or `<` had to stand after a counted message there is something else: a line up to its
//   delimiter,
//           or to a count that is proven before that. A first count, before any was proven, is given up for lines when
//           a delimiter is inside it and no frame starts where it ends.
//   length  0, more than kMaxLength, or more than limits.record before a payload that is unlike the others: the next
//           boundary that is proven
// A line among counted messages that does not begin with `<`, and the first lines behind a gap or of a stream joined late,
// may hide a count: one that is proven inside ends it there. Its first part is joined_late, for its start is not known.
// Between counted messages LF, CR, NUL and up to kMaxStrayBlanks spaces are skipped.
//
// What waits for bytes behind it, and so comes later than it could: the first counted message of a stream, where it has
// several lines; the first text behind a 2-byte length that was found by itself; the first record behind a gap or a late
// join in a stream that counts or has lengths of text. A LF ends the wait of all that may be lines.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  holds at most limits.record_bytes, and twice that while it searches or doubts; nothing between two records.
//         Linear in the bytes given. A record that is longer than limits.record is cut and skipped to its end.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/framing/boundary_search.hpp"
#include "daemon/framing/frame.hpp"
#include "daemon/framing/framing.hpp"
#include "daemon/framing/partial.hpp"

namespace logsniffd::framing {

class StreamFramer {
 public:
  static constexpr std::size_t kMaxStrayBlanks = 8;

  StreamFramer(const FramingOptions& options, bool joined_late);

  // The context and the options are the same in every call; the context outlives the framer.
  void bytes(FramingContext& context, const FramingOptions& options, Bytes bytes, FrameObserver& observer);
  void gap(FramingContext& context, const FramingOptions& options, FrameObserver& observer);
  // The stream is over: what is left without its end is unfinished. REQUIRED: called before destruction.
  void end(FramingContext& context, const FramingOptions& options, FrameObserver& observer);

 private:
  enum class Mode : std::uint8_t { undecided, delimited, octet, length, foreign };
  enum class State : std::uint8_t {
    start,         // between two frames, or within what does not show yet how the next one starts
    line,          // inside a frame up to its delimiter
    counted,       // inside a frame of which left_ bytes are still to come
    skip_line,     // inside a frame that was cut, up to its delimiter
    skip_counted,  // likewise; left_ bytes
    search,        // for a boundary; left_ bytes were looked at
  };
  enum class Terminator : std::uint8_t { unknown, lf, nul, configured };
  // unknown: the first of LF and NUL will say.

  struct Call {
    FramingContext& context;
    const FramingOptions& options;
    FrameObserver& observer;
    bool final;              // what is there is all that can be had
    std::size_t wanted = 0;  // the answer of a step that waits: for so many bytes, from the first that it did not take
  };
  enum class Step : std::uint8_t { taken, wait };

  // stream_framer.cpp: what is held between calls
  [[nodiscard]] bool holds_window() const { return partial_ && (state_ == State::start || state_ == State::search); }
  [[nodiscard]] Bytes resume(Call& call, Bytes bytes);
  [[nodiscard]] Bytes resume_window(Call& call, Bytes bytes);
  [[nodiscard]] Bytes resume_line(Call& call, Bytes bytes);
  [[nodiscard]] Bytes resume_counted(Call& call, Bytes bytes);
  [[nodiscard]] Bytes resume_skipping(Call& call, Bytes bytes);
  [[nodiscard]] Bytes cut(Call& call, Bytes bytes);
  [[nodiscard]] Step step(Call& call, Bytes& bytes);
  void keep(Call& call, Bytes bytes);
  void flush(Call& call, Integrity mark);
  [[nodiscard]] Step wait(Call& call, std::size_t wanted) const;
  [[nodiscard]] std::size_t window_bytes(const Call& call) const;

  // delimited_frames.cpp: evidence, lines
  [[nodiscard]] Step decide(Call& call, Bytes& bytes);
  void adopt(Call& call, Bytes& bytes, const Judgement& judgement);
  void decide_on_lines(Call& call, Evidence evidence);
  [[nodiscard]] const std::uint8_t* find_delimiter(const Call& call, Bytes bytes);
  [[nodiscard]] std::uint8_t delimiter(const Call& call) const;
  [[nodiscard]] bool may_count(const Call& call) const;
  void cut_lines(Call& call, Bytes& bytes);
  template <class IsLine>
  void cut_sure_lines(Call& call, Bytes& bytes, IsLine is_line);
  void emit_line(Call& call, Bytes frame);
  void emit_cut(Call& call, Bytes frame, Counter& skipped);
  void begin_line(Call& call, Bytes& bytes);
  [[nodiscard]] Integrity take_damage(Integrity otherwise);

  // counted_frames.cpp: octet counting, lengths, resynchronisation
  [[nodiscard]] Step start_frame(Call& call, Bytes& bytes);
  [[nodiscard]] Step skip_stray(Call& call, Bytes& bytes);
  [[nodiscard]] Step start_counted(Call& call, Bytes& bytes, const FrameStart& start);
  [[nodiscard]] Step doubt(Call& call, Bytes bytes, const FrameStart& start, bool& believed) const;
  [[nodiscard]] LengthFormat length_format() const;
  [[nodiscard]] Step start_length(Call& call, Bytes& bytes);
  void take_counted(Call& call, Bytes& bytes, std::size_t header_bytes, std::uint32_t count);
  void emit_counted(Call& call, Bytes payload);
  void emit_counted_cut(Call& call, Bytes payload);
  void learn(const Call& call, Bytes payload);
  void end_counted();
  [[nodiscard]] CountRule count_rule(const Call& call) const;
  [[nodiscard]] std::uint32_t max_count(const Call& call) const;
  void turn_to_counting(Call& call, Evidence evidence);
  void search_from_here();
  [[nodiscard]] Step search(Call& call, Bytes& bytes);
  void resynchronise(Call& call, Bytes& bytes, const Boundary& boundary);
  void give_up_search(Call& call, Bytes& bytes);
  void pass_on_damaged(Call& call, Bytes damaged);
  [[nodiscard]] bool is_hard_search() const;

  static constexpr unsigned kProbation = 7;  // lines

  std::unique_ptr<Partial> partial_;  // what waits for more; never empty
  std::uint32_t left_ = 0;            // see State; at a start of Mode::undecided: bytes looked at
  Mode mode_ : 4;
  State state_ : 4;
  Integrity damage_ : 4;  // of the frame that is being read; whole: none known
  Terminator terminator_ : 2;
  Payload payload_ : 2 = Payload::unknown;  // of the lengths so far
  bool two_bytes_ : 1 = false;              // lengths
  bool little_endian_ : 1 = false;          // lengths
  bool proven_ : 1 = false;                 // a count led to another frame's start
  bool after_count_ : 1 = false;            // the last frame was a counted one
  unsigned probation_ : 3 = 0;              // so many lines are searched for counts inside
};
static_assert(sizeof(StreamFramer) <= 24, "every open connection holds two");

}  // namespace logsniffd::framing
