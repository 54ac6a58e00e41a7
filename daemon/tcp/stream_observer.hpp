// What comes out of TCP: for each direction of a connection, Open (Bytes | Gap)* End. Beside it, what stays unread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

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

// What the observer calls a stream, so that it finds its own state without a search.
using StreamHandle = std::uint32_t;

// Which stream an event is about. LIFETIME: valid only during the call.
struct StreamView {
  StreamId id;
  std::uint16_t ingress;  // SegmentView::ingress of its first segment
  StreamHandle handle;    // what on_open answered
  const FlowKey& key;

  [[nodiscard]] Flow flow() const { return flow_of(key, id.direction); }
};

enum class StreamStart : std::uint8_t {
  handshake,   // from its first byte
  mid_stream,  // the capture joined a stream that was already running
};

enum class StreamEnd : std::uint8_t {
  fin,  // the sender closed it, and all its bytes were seen or given up
  reset,
  replaced,  // a new connection took over the addresses and ports
  idle,      // nothing for limits.idle
  evicted,   // room was needed for another connection
  shutdown,  // the capture ended
};

// Why payload that was captured is part of no stream.
enum class Unread : std::uint8_t {
  late,            // it came when its place had been given up
  after_end,       // it came behind a reset that its sender did not refute
  outside_window,  // it is far from what was expected, or came with a SYN that does not belong; nothing confirmed it
};

// THREAD    called on the capture worker.
// GRAMMAR   for each stream: on_open, then on_bytes and on_gap in stream order, then on_end once. on_open comes just
//           before the first of the others: a connection without payload has no events. Where on_open returned nothing,
//           no others follow. on_unread is outside of this order: it may come before on_open and behind on_end.
// LIFETIME  `bytes` is valid only during the call, and never empty.
class StreamObserver {
 public:
  // Nothing where nobody wants this direction: its bytes are counted, then forgotten.
  [[nodiscard]] virtual std::optional<StreamHandle> on_open(StreamId stream, const Flow& flow, StreamStart start) = 0;
  virtual void on_bytes(const StreamView& stream, Bytes bytes, PacketTime seen_at) = 0;
  // What follows does not continue what came before. So many bytes are missing in between; 0 where none is known to be:
  // the order is broken, or differing copies came.
  virtual void on_gap(const StreamView& stream, std::uint64_t missing_bytes, PacketTime seen_at) = 0;
  virtual void on_end(const StreamView& stream, StreamEnd end, PacketTime seen_at) = 0;
  // So many bytes of payload were counted under `why` just now, and no on_bytes will bring them. `open`: what on_open
  // answered, where they may be missing in a stream that is between its on_open and its on_end.
  virtual void on_unread(StreamId, const FlowKey&, std::optional<StreamHandle> /*open*/, Unread /*why*/,
                         std::uint64_t /*bytes*/) {}
  // Events of this stream are to be expected within some hundred nanoseconds: it may fetch its state into the cache.
  virtual void prefetch(StreamHandle) {}

 protected:
  ~StreamObserver() = default;
};

// What the observer may ask between two events: of streams that are between their on_open and their on_end.
class StreamSource {
 public:
  [[nodiscard]] virtual StreamView view(StreamId stream) const = 0;
  // Whether bytes of the stream wait behind a hole: its silence means nothing then.
  [[nodiscard]] virtual bool holds_bytes(StreamId stream) const = 0;
  virtual void for_each_stream(const std::function<void(const StreamView&)>& visit) const = 0;
  // The observer wants other streams than before (a reload): it is asked again about those that it did not want.
  virtual void reconsider() = 0;

 protected:
  ~StreamSource() = default;
};

}  // namespace logsniffd::tcp
