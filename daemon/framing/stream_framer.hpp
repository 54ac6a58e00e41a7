// Cuts one direction of a stream into frames: at a delimiter, by a count, by a length, by what proves itself, or as its
// bytes show.
//
// One framer at a time has the stream (Decision). It takes the frames that the bytes begin with, and leaves what needs
// more bytes. This class holds what was left, and passes the stream on when a framer gives it away. A configured method
// begins with its own framer, Method::automatic with the detector.
//
//   detector   collects evidence until it knows which framer follows  detector.hpp, evidence.hpp
//   delimited  a delimiter                                            delimited_framer.hpp
//   counted    octet counting, mixed with lines                       counted_framer.hpp
//   length     a binary length                                        length_framer.hpp
//   json       objects one after the other                            json_framer.hpp
//   priority   syslog messages one after the other                    priority_framer.hpp
//   foreign    no records: every byte is counted
//
// A frame that lies within one call of bytes() is passed on where it lies; only bytes that cross calls are copied. If a
// method is configured, it makes no difference how the bytes are split into calls, except when limits.partial_bytes is
// used up. For Method::automatic a call is a segment, and where a segment begins may be evidence.
//
// A header of the PROXY protocol before a stream is removed, whatever the method (proxy_header.hpp). If a stream that
// was joined late begins with such a header, it was not joined late.
//
// Damage is declared, never repaired: the two sides of a gap are never joined, and the first frame after a gap (or of a
// stream that was joined late) carries that mark.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  holds at most limits.record_bytes, twice that while it searches or doubts, and nothing between two records.
//         Linear in the bytes given. A record longer than limits.record is cut and skipped to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "daemon/base/time.hpp"
#include "daemon/framing/counted_framer.hpp"
#include "daemon/framing/delimited_framer.hpp"
#include "daemon/framing/detector.hpp"
#include "daemon/framing/json_framer.hpp"
#include "daemon/framing/length_framer.hpp"
#include "daemon/framing/partial.hpp"
#include "daemon/framing/priority_framer.hpp"

namespace logsniffd::framing {

class StreamFramer {
 public:
  // After this much silence a stream may have ended its record: quiet() is called.
  static constexpr Duration kQuiet = std::chrono::seconds(1);

  StreamFramer(const FramingOptions& options, bool joined_late);

  // The context and the options are the same in every call; the context outlives the framer.
  void bytes(FramingContext& context, const FramingOptions& options, Bytes bytes, FrameObserver& observer);
  void gap(FramingContext& context, const FramingOptions& options, FrameObserver& observer);
  // Nothing has come for kQuiet. Unnecessary calls change nothing.
  void quiet(FramingContext& context, const FramingOptions& options, FrameObserver& observer);
  // The stream is over: a rest without its end is unfinished. REQUIRED: called before destruction.
  void end(FramingContext& context, const FramingOptions& options, FrameObserver& observer);

  // Whether a record, or what may become one, waits for more bytes.
  [[nodiscard]] bool is_holding() const { return partial_ != nullptr; }
  // When the first byte of what is held was captured. The caller notes it here, where an idle stream pays nothing for
  // it. REQUIRED: is_holding().
  [[nodiscard]] PacketTime held_since() const { return partial_->since; }
  void set_held_since(PacketTime since) { partial_->since = since; }
  // Whether quiet() may give out what is held.
  [[nodiscard]] bool waits_for_quiet() const;

 private:
  struct Foreign {
    [[nodiscard]] static Bytes cut(FramerCall& call, Bytes bytes);
    [[nodiscard]] static std::size_t wants(const FramerCall&, Bytes more) { return more.size(); }
    [[nodiscard]] static std::size_t most_held(const FramerCall&) { return 0; }
    static void give_up(FramerCall&, Bytes) {}
    static void gap(FramerCall&) {}
    [[nodiscard]] static constexpr bool waits_for_quiet() { return false; }
  };
  using Framer =
      std::variant<Detector, DelimitedFramer, CountedFramer, LengthFramer, JsonFramer, PriorityFramer, Foreign>;

  [[nodiscard]] static Framer first_framer(const FramingOptions& options, bool joined_late);
  [[nodiscard]] Bytes resume(FramerCall& call, Bytes bytes);
  [[nodiscard]] Bytes resume_line(FramerCall& call, DelimitedFramer& lines, Bytes bytes, std::size_t size);
  [[nodiscard]] Bytes cut(FramerCall& call, Bytes bytes);
  [[nodiscard]] Bytes take_proxy_header(FramerCall& call, Bytes bytes);
  [[nodiscard]] std::size_t most_held(const FramerCall& call) const;
  void keep(FramerCall& call, Bytes bytes);
  void give_up(FramerCall& call, Bytes held);
  void cut_held(FramerCall& call);
  void flush(FramerCall& call);
  void pass_on(const FramerCall& call, const Decision& decision);

  std::unique_ptr<Partial> partial_;  // the bytes that wait for more; never empty
  Framer framer_;
  Integrity damage_;  // of the frame that is being read; whole: none is known
  bool at_start_;     // a PROXY header may stand here
};
static_assert(sizeof(StreamFramer) <= 24, "every open connection holds two");

}  // namespace logsniffd::framing
