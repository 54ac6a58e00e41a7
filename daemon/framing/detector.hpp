// Finds out how the records of a stream are cut (Method::automatic), then hands over the stream with its bytes so far.
// No record is out before that.
//
// The first bytes decide, in this order: what evidence.hpp says; `{`, an object for the JSON framer to examine; text.
// In text, one of these proves a delimiter:
//   - an LF or NUL that is followed by the start of a record: <PRI>, or COUNT SP <PRI>;
//   - the same delimiter a second time;
//   - the first LF, if no NUL came before it. If the stream begins with <PRI>, only when nothing follows the LF yet.
// LF and NUL side by side are one delimiter. If no proof comes, what is there decides when the stream has been silent
// for StreamFramer::kQuiet, at its end, or beyond limits.record.
//
// Syslog without delimiters is <PRI> and a header like the first one's
//   - at the start of two more segments, or eight times in all, while no delimiter is proven;
//   - followed by silence. If the first <PRI> has no header: silence, then a segment that begins with <PRI>.
//
// A stream that was joined late, or had a gap before anything was decided, begins inside a record. The same proofs
// are looked for after the first bytes, also <PRI> alone at the start of three segments, and `}{"` if that object
// is complete.
#pragma once

#include "daemon/framing/framer_call.hpp"

namespace logsniffd::framing {

class Detector {
 public:
  explicit Detector(const Decision& decision) : nuls_(decision.nul_seen ? 1 : 0), no_json_(decision.no_json) {}

  // The same contract as DelimitedFramer's.
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  [[nodiscard]] std::size_t wants(const FramerCall&, Bytes more) const { return more.size(); }
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const { return call.window_bytes(); }
  void give_up(FramerCall& call, Bytes held);
  void gap(FramerCall&) { *this = Detector(Decision{}); }
  [[nodiscard]] static constexpr bool waits_for_quiet() { return true; }

 private:
  enum class Answer : std::uint8_t { nothing, wait, decided };

  [[nodiscard]] static Answer wait(FramerCall& call, std::size_t bytes);
  [[nodiscard]] Answer judge(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Answer adopt(FramerCall& call, Bytes& bytes, const Judgement& judgement);
  [[nodiscard]] Answer look_at(FramerCall& call, Bytes& bytes, std::size_t at);
  [[nodiscard]] Answer delimiter(FramerCall& call, Bytes& bytes, std::size_t at);
  [[nodiscard]] Answer header(FramerCall& call, Bytes bytes, std::size_t at);
  [[nodiscard]] Answer object_inside(FramerCall& call, Bytes bytes, std::size_t at) const;
  [[nodiscard]] Answer headers_in_a_row(FramerCall& call, Bytes& bytes);
  void give_out_segments(FramerCall& call, Bytes& bytes) const;
  [[nodiscard]] Answer late_segments(FramerCall& call, Bytes& bytes) const;
  [[nodiscard]] Answer take_what_there_is(FramerCall& call, Bytes& bytes);
  [[nodiscard]] Answer lines(FramerCall& call, Bytes bytes, bool lf, bool nul) const;

  std::uint32_t looked_at_ = 0;
  unsigned line_feeds_ : 2 = 0;     // not followed by the start of a record
  unsigned nuls_ : 2;               // likewise
  unsigned headers_ : 4 = 0;        // after the first byte
  unsigned fresh_headers_ : 2 = 0;  // how many of them begin a segment
  unsigned bare_ : 2 = 0;           // bare <PRI> at the start of a segment, in a stream that was joined late
  bool fresh_here_ : 1 = false;     // the awaited header began a segment
  bool paused_ : 1 = false;         // silence followed the first <PRI>, which has no header
  bool no_json_ : 1;
};

}  // namespace logsniffd::framing
