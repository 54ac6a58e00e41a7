// Cuts one direction of a stream into frames: at a delimiter, by a count, by a length, by what proves itself, or as its
// bytes show.
//
// One framer at a time has the stream (Decision): it takes the frames that the bytes begin with, and leaves what needs
// more. This class holds what was left, and passes the stream on when a framer gives it away. What was configured
// begins with its own framer, Method::automatic with the detector.
//
//   detector   collects evidence, until it knows who goes on     detector.hpp, evidence.hpp
//   delimited  a delimiter                                       delimited_framer.hpp
//   counted    octet counting, mixed with lines                  counted_framer.hpp
//   length     a binary length                                   length_framer.hpp
//   json       objects one behind the other                      json_framer.hpp
//   priority   syslog messages one behind the other              priority_framer.hpp
//   foreign    no records: every byte is counted
//
// A frame that lies within one call of bytes() is passed on where it lies; only what crosses calls is copied. Where a
// method is configured, how the bytes are cut into calls changes nothing, but when limits.partial_bytes is used up. For
// Method::automatic a call is a segment, and where one begins may be evidence.
//
// A header of the PROXY protocol in front of a stream is taken off, whatever the method (proxy_header.hpp). Where the
// first bytes of a stream that was joined late are one, the stream was not.
//
// Damage is declared, never mended: what lies on the two sides of a gap is never joined, and the first frame behind a
// gap (or of a stream that was joined late) carries that mark.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  holds at most limits.record_bytes, and twice that while it searches or doubts; nothing between two records.
//         Linear in the bytes given. A record that is longer than limits.record is cut and skipped to its end.
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
  // A stream that has been silent for so long may have ended its record: quiet() is called.
  static constexpr Duration kQuiet = std::chrono::seconds(1);

  StreamFramer(const FramingOptions& options, bool joined_late);

  // The context and the options are the same in every call; the context outlives the framer.
  void bytes(FramingContext& context, const FramingOptions& options, Bytes bytes, FrameObserver& observer);
  void gap(FramingContext& context, const FramingOptions& options, FrameObserver& observer);
  // Nothing has come for kQuiet. Calls without need change nothing.
  void quiet(FramingContext& context, const FramingOptions& options, FrameObserver& observer);
  // The stream is over: what is left without its end is unfinished. REQUIRED: called before destruction.
  void end(FramingContext& context, const FramingOptions& options, FrameObserver& observer);

  // A record, or what may become one, waits for more.
  [[nodiscard]] bool is_holding() const { return partial_ != nullptr; }
  // When the first byte of what is held was captured: the caller notes it here, where an idle stream pays nothing for
  // it. REQUIRED: is_holding().
  [[nodiscard]] PacketTime held_since() const { return partial_->since; }
  void set_held_since(PacketTime since) { partial_->since = since; }
  // quiet() may give out what is held.
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

  std::unique_ptr<Partial> partial_;  // what waits for more; never empty
  Framer framer_;
  Integrity damage_;  // of the frame that is being read; whole: none is known
  bool at_start_;     // a PROXY header may stand here
};
static_assert(sizeof(StreamFramer) <= 24, "every open connection holds two");

}  // namespace logsniffd::framing
