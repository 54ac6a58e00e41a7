// Cuts one direction of a stream into frames at a delimiter.
//
// A frame that lies within one call of bytes() is passed on where it lies; only what crosses calls is copied.
// Damage is declared, never mended: what lies on the two sides of a gap is never joined, and the first frame behind a
// gap (or of a stream that was joined late) carries that mark, for where it starts cannot be proved.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  holds at most limits.record_bytes; linear in the bytes given.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/framing/frame.hpp"
#include "daemon/framing/framing.hpp"

namespace logsniffd::framing {

class StreamFramer {
 public:
  StreamFramer(Method method, bool joined_late);

  // The context is the same in every call, and outlives the framer.
  void bytes(FramingContext& context, Bytes bytes, FrameObserver& observer);
  void gap(FramingContext& context, FrameObserver& observer);
  // The stream is over: what is left without a delimiter is unfinished. REQUIRED: called before destruction.
  void end(FramingContext& context, FrameObserver& observer);

 private:
  bool decide(Bytes bytes);
  void complete(FramingContext& context, Bytes tail, FrameObserver& observer);
  void keep(FramingContext& context, Bytes bytes, FrameObserver& observer);
  void emit(FramingContext& context, Bytes frame, FrameObserver& observer);
  void cut(FramingContext& context, Bytes frame, FrameObserver& observer);
  void drop_partial(FramingContext& context);
  Integrity take_damage(Integrity otherwise);

  std::unique_ptr<Buffer> partial_;  // the frame so far, where it crosses calls; never empty
  std::uint8_t delimiter_ = '\n';
  bool decided_;           // false: automatic, and no delimiter seen yet
  bool skipping_ = false;  // inside a frame that was cut: up to its delimiter
  Integrity damage_;       // of the frame that is being read; whole: none known
};

}  // namespace logsniffd::framing
