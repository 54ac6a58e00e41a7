// Cuts a stream of counted messages (RFC 6587, 3.4.1), among which there may be lines.
//
// A count that cannot be (FramingCounters::false_lengths): where a count or `<` had to stand behind a counted message
// there is something else. It is a line up to its delimiter, or up to a count that is proven before that; in the second
// case it is joined_late, for its start is not known. A first count, before any was proven, is refused for lines when a
// delimiter is inside it and no message starts where it ends.
// Some senders count the blank behind the count too: where the first message would end one byte inside the next count,
// every count of the stream is taken for one too high.
// Between messages LF, CR, NUL and up to kMaxStrayBlanks spaces are skipped.
// Behind a gap messages go on at the next boundary that is proven (boundary_search.hpp). What lies before it is one
// frame with the mark, as far as limits.record allows.
//
// What waits for bytes behind it: the first message, where it has several lines or may be counted one too high; the
// first message behind a gap. A pause ends the wait of the first one.
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
    start,         // in front of a message or a line
    line,          // inside a line
    search,        // for a boundary
    skip_line,     // inside a line that was cut, up to its delimiter
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

  std::uint32_t position_ = 0;  // see State; line and search: so much of what is held was looked at
  State state_ : 3;
  Terminator terminator_ : 2;  // of lines
  bool proven_ : 1;            // a count led to another message's start
  bool adopted_ : 1;           // a count was believed: the stream is this framer's
  bool settled_ : 1;           // whether the counts are one too high
  bool after_count_ : 1 = false;
  bool after_line_ : 1;  // lines were cut before the first count
  bool one_too_many_ : 1;
  bool hard_ : 1 = false;  // the search began with damage: a LF alone is no boundary, for messages hold some
};

}  // namespace logsniffd::framing
