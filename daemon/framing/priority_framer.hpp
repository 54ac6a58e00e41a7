// Cuts a stream of syslog messages that have no delimiter. A message ends where the next one proves itself, or when
// nothing has come for a while.
//
// A header like the first one's (frame_start.hpp) proves the next message, anywhere. If the first header has neither a
// version nor a time, a <PRI> at the start of a segment proves it. LF, CR and NUL before a message are trimmed. LFs
// inside a message stay.
//
// If a message that was given out continues after all, the rest is joined_late, and the detector examines the stream
// again. If LF or NUL turn out to end the messages, the delimited framer takes over.
#pragma once

#include "daemon/framing/framer_call.hpp"

namespace logsniffd::framing {

class PriorityFramer {
 public:
  explicit PriorityFramer(HeaderKind header) : header_(header) {}

  // The same contract as DelimitedFramer's.
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  [[nodiscard]] std::size_t wants(const FramerCall&, Bytes more) const { return more.size(); }
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const { return call.record_bytes() + kMaxHeader; }
  void give_up(FramerCall& call, Bytes held);
  void gap(FramerCall& call);
  [[nodiscard]] static constexpr bool waits_for_quiet() { return true; }

 private:
  [[nodiscard]] bool between(FramerCall& call, Bytes& bytes);
  [[nodiscard]] bool find_next(FramerCall& call, Bytes bytes, std::size_t& at) const;
  void emit_message(FramerCall& call, Bytes whole);

  std::uint32_t scanned_ = 0;  // bytes scanned of what is held; none of them except the first begins a message
  HeaderKind header_;
  bool skipping_ : 1 = false;   // inside a message that was cut
  bool searching_ : 1 = false;  // the bytes begin inside a message
  unsigned delimited_ : 2 = 0;  // messages in a row that ended with LF or NUL
};

}  // namespace logsniffd::framing
