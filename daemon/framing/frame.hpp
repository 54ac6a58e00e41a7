// One message's bytes as cut out of a stream or a datagram: the value that leaves the framing room.
#pragma once

#include "daemon/base/bytes.hpp"
#include "daemon/base/integrity.hpp"
#include "daemon/framing/evidence.hpp"
#include "daemon/framing/proxy_header.hpp"

namespace logsniffd::framing {

// THREAD    called on the capture worker.
// LIFETIME  `frame` is valid only during the call. It holds no delimiter, and may be empty (an empty line).
class FrameObserver {
 public:
  virtual void on_frame(Bytes frame, Integrity integrity) = 0;
  // The same of a frame that ended in front of the bytes of this call: nothing but their coming told that it had.
  virtual void on_held_frame(Bytes frame, Integrity integrity) { on_frame(frame, integrity); }
  // Once for a stream that holds no records (Method::automatic): it gives no frames, now and later.
  virtual void on_foreign(Foreign) {}
  // Once for a stream that a load balancer forwards, before its first frame: who its ends are.
  virtual void on_proxied(const ProxiedEnds&) {}

 protected:
  ~FrameObserver() = default;
};

}  // namespace logsniffd::framing
