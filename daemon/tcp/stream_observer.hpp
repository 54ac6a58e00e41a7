// The output of TCP: for each direction of a connection, Open (Bytes | Gap)* End. Unread payload is
// reported separately.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "daemon/base/bytes.hpp"
#include "daemon/base/time.hpp"
#include "daemon/tcp/flow_key.hpp"

namespace logsniffd::tcp {

// One direction of one connection. Reused only after its End.
struct StreamId {
  std::uint32_t connection;  // dense: below the ceiling on connections, which is below 2^31
  std::uint8_t direction;    // 0 or 1

  [[nodiscard]] std::uint32_t index() const { return connection * 2 + direction; }
  [[nodiscard]] static StreamId of(std::uint32_t index) { return {index / 2, static_cast<std::uint8_t>(index % 2)}; }
};

// The observer's number for a stream, so that it finds its own state without a search.
using StreamHandle = std::uint32_t;

// The stream that an event is about. LIFETIME: valid only during the call.
struct StreamView {
  StreamId id;
  std::uint16_t ingress;  // SegmentView::ingress of its first segment
  StreamHandle handle;    // what on_open returned
  const FlowKey& key;

  [[nodiscard]] Flow flow() const { return flow_of(key, id.direction); }
};

enum class StreamStart : std::uint8_t {
  handshake,   // from its first byte
  mid_stream,  // the capture joined a running stream
};

enum class StreamEnd : std::uint8_t {
  fin,  // the sender closed it, and all its bytes were seen or given up
  reset,
  replaced,  // a new connection took over the addresses and ports
  idle,      // nothing for limits.idle
  evicted,   // room was needed for another connection
  shutdown,  // the capture ended
};

inline constexpr std::array<std::string_view, 2> kStreamStartNames{"handshake", "mid_stream"};
inline constexpr std::array<std::string_view, 6> kStreamEndNames{"fin",  "reset",   "replaced",
                                                                 "idle", "evicted", "shutdown"};

// Why captured payload is not part of any stream.
enum class Unread : std::uint8_t {
  late,            // it arrived after its place had been given up
  after_end,       // it arrived after a reset that its sender did not refute
  outside_window,  // it is far from what was expected, or arrived with a SYN that does not belong, not confirmed
};

// THREAD    called on the capture worker.
// GRAMMAR   for each stream: on_open, then on_bytes and on_gap in stream order, then on_end once. on_open comes just
//           before the first of the others: a connection without payload has no events. If on_open returns nothing, no
//           others follow. on_unread is outside of this order: it may come before on_open and after on_end.
// LIFETIME  `bytes` is valid only during the call, and never empty.
class StreamObserver {
 public:
  // Returns nothing if nobody wants this direction: its bytes are counted, then forgotten.
  [[nodiscard]] virtual std::optional<StreamHandle> on_open(StreamId stream, const Flow& flow, StreamStart start) = 0;
  virtual void on_bytes(const StreamView& stream, Bytes bytes, PacketTime seen_at) = 0;
  // The following bytes do not continue the previous ones. `missing_bytes` are missing in between. It is 0 if none is
  // known to be missing: the order is broken, or differing copies arrived.
  virtual void on_gap(const StreamView& stream, std::uint64_t missing_bytes, PacketTime seen_at) = 0;
  virtual void on_end(const StreamView& stream, StreamEnd end, PacketTime seen_at) = 0;
  // These bytes of payload were just counted under `why`, and no on_bytes will deliver them. `open`: the result of
  // on_open, if they may be missing in a stream that is between its on_open and its on_end.
  virtual void on_unread(StreamId, const FlowKey&, std::optional<StreamHandle> /*open*/, Unread /*why*/,
                         std::uint64_t /*bytes*/) {}
  // Events of this stream are expected within some hundred nanoseconds: the observer may fetch its state
  // into the cache.
  virtual void prefetch(StreamHandle) {}

 protected:
  ~StreamObserver() = default;
};

// What the observer may ask between two events, about streams that are between their on_open and their on_end.
class StreamSource {
 public:
  [[nodiscard]] virtual StreamView view(StreamId stream) const = 0;
  // True if bytes of the stream wait behind a hole: its silence then means nothing.
  [[nodiscard]] virtual bool holds_bytes(StreamId stream) const = 0;
  virtual void for_each_stream(const std::function<void(const StreamView&)>& visit) const = 0;
  // The observer wants other streams than before (a reload): it is asked again about those that it did not want.
  virtual void reconsider() = 0;

 protected:
  ~StreamSource() = default;
};

}  // namespace logsniffd::tcp
