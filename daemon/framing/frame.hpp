// One message's bytes as cut out of a stream or a datagram: the value that leaves the framing room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

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
  // Several whole frames at once. Each of them is followed by its delimiter, which is the same for all, and that by the
  // next frame. `sizes`: theirs, without the delimiters. REQUIRED: not empty.
  virtual void on_lines(Bytes run, std::span<const std::uint32_t> sizes) {
    for (const std::size_t size : sizes) {
      on_frame(run.first(size), Integrity::whole);
      run = run.subspan(size + 1);
    }
  }
  // As on_frame(), for a frame that ended before the bytes of this call. Only their arrival showed that it had ended.
  virtual void on_held_frame(Bytes frame, Integrity integrity) { on_frame(frame, integrity); }
  // Called once for a stream that holds no records (Method::automatic). Such a stream never gives frames.
  virtual void on_foreign(Foreign) {}
  // Called once for a stream that a load balancer forwards, before its first frame: the real ends of the connection.
  virtual void on_proxied(const ProxiedEnds&) {}

 protected:
  ~FrameObserver() = default;
};

}  // namespace logsniffd::framing
