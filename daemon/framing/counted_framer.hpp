// Cuts a stream of counted messages (RFC 6587, 3.4.1), which may be mixed with lines.
//
// False counts (FramingCounters::false_lengths): a counted message must be followed by a count or `<`. Anything else is
// a line, which ends at its delimiter, or at a proven count before the delimiter. In the second case the line is marked
// joined_late, because its start is not known. The first count, before any is proven, is taken as part of a line if a
// delimiter is inside its message and no message starts where it ends.
//
// Some senders also count the blank after the count. If the first message would end one byte inside the next count,
// every count of the stream is taken to be one too high.
//
// Between messages LF, CR, NUL and up to kMaxStrayBlanks spaces are skipped.
//
// After a gap, messages resume at the next proven boundary (boundary_search.hpp). The bytes before it are one frame
// with the mark, up to limits.record.
//
// Two messages wait for the bytes that follow them: the first message of the stream, if it has several lines or may be
// counted one too high, and the first message after a gap. A pause ends the wait of the former.
#pragma once

#include "daemon/framing/boundary_search.hpp"
#include "daemon/framing/framer_call.hpp"

namespace logsniffd::framing {

class CountedFramer {
 public:
  static constexpr std::size_t kMaxStrayBlanks = 8;

  CountedFramer(const Decision& decision, bool search);

  // The same contract as DelimitedFramer's.
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  [[nodiscard]] std::size_t wants(const FramerCall& call, Bytes more) const;
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const { return call.window_bytes(); }
  void give_up(FramerCall& call, Bytes held);
  void gap(FramerCall& call);
  [[nodiscard]] bool waits_for_quiet() const { return !proven_; }

 private:
  enum class State : std::uint8_t {
    start,         // before a message or a line
    line,          // inside a line
    search,        // looking for a boundary
    skip_line,     // inside a line that was cut, until its delimiter
    skip_counted,  // inside a message that was cut: position_ bytes are still to come
  };
  enum class Belief : std::uint8_t { yes, no, wait };

  [[nodiscard]] CountRule count_rule(const FramerCall& call) const;
  [[nodiscard]] Step step(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step start(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step skip_stray(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Step start_counted(FramerCall& call, Bytes& bytes, const FrameStart& start);
  [[nodiscard]] Belief believe(FramerCall& call, Bytes bytes, const FrameStart& start) const;
  [[nodiscard]] Belief counts_one_too_many(FramerCall& call, Bytes bytes, std::size_t end) const;
  void take(FramerCall& call, Bytes& bytes, std::size_t header_bytes, std::uint32_t count);
  void emit_message(FramerCall& call, Bytes message);
  [[nodiscard]] Step line(FramerCall& call, Bytes& bytes);
  [[nodiscard]] const std::uint8_t* find_delimiter(Bytes bytes);
  void emit_line(FramerCall& call, Bytes& bytes, std::size_t size);
  void search_from_here();
  [[nodiscard]] Step search(FramerCall& call, Bytes& bytes);
  void resume(FramerCall& call, Bytes& bytes, const Boundary& boundary);
  void give_up_search(FramerCall& call, Bytes& bytes);
  void skip(FramerCall& call, Bytes& bytes);

  std::uint32_t position_ = 0;  // see State; line and search: how many of the held bytes were examined
  State state_ : 3;
  Terminator terminator_ : 2;  // of lines
  bool proven_ : 1;            // a count led to the start of another message
  bool adopted_ : 1;           // a count was believed: this framer keeps the stream
  bool settled_ : 1;           // it is known whether the counts are one too high
  bool after_count_ : 1 = false;
  bool after_line_ : 1;  // lines were cut before the first count
  bool one_too_many_ : 1;
  bool hard_ : 1 = false;  // the search began with damage: an LF alone is not a boundary, because messages contain LFs
};

}  // namespace logsniffd::framing
