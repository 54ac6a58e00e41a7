#include "daemon/tcp/connection_table.hpp"

namespace logsniffd::tcp {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::uint8_t kBothHeard = 3;
// Expiry is checked when packet time has advanced by this much.
constexpr Duration kAdvanceStep = std::chrono::milliseconds(1);
// A connection is requeued when its place in its list is older than this part of limits.idle.
constexpr int kTouchesPerIdle = 16;

// True if a segment of `direction` shows that the connection of the rival SYN is the live one.
bool confirms_rival(const Connection& connection, std::uint8_t direction, const SegmentView& segment) {
  const RivalSyn& rival = connection.rival;
  const Reassembler& running = connection.streams[rival.direction];
  const SequenceSpace behind_syn(rival.first_seq);
  if (direction == rival.direction) {
    const bool other_heard = (connection.heard & (1U << (1 - direction))) != 0;
    const StreamOffset at = behind_syn.offset(segment.seq, 0);
    return !other_heard && (segment.flags & (kSyn | kRst)) == 0 && !segment.payload.empty() &&
           (at == 0 || (at > 0 && at <= kTrustedAhead && !running.is_near(segment.seq)));
  }
  if ((segment.flags & kAck) == 0 || (segment.flags & kRst)) return false;
  if (segment.flags & kSyn) return segment.ack == rival.first_seq;
  const StreamOffset acked = behind_syn.offset(segment.ack, 0);
  return !running.is_near(segment.ack) && acked >= 0 && acked <= kTrustedAhead;
}

}  // namespace

ConnectionTable::ConnectionTable(const TcpLimits& limits, StreamObserver& observer, std::uint64_t hash_secret)
    : limits_(limits),
      waiting_room_(limits.hole_wait),
      context_{observer, counters_, waiting_room_, gaps_},
      hash_secret_(hash_secret),
      index_(connections_),
      opened_by_(hash_secret) {}

void ConnectionTable::set_limits(const TcpLimits& limits) {
  limits_ = limits;
  waiting_room_.set_hole_wait(limits.hole_wait);
}

ConnectionTable::Place ConnectionTable::place_of(const SegmentView& segment) const {
  Place place{key_of(segment.flow), 0};
  place.hash = hash_of(place.keyed.key, hash_secret_);
  return place;
}

void ConnectionTable::fetch_connection(Place& place) {
  place.likely = index_.find_likely(place.hash);
  if (place.likely == nullptr) return;
  const auto* const first = reinterpret_cast<const char*>(place.likely);
  for (std::size_t line = 0; line < sizeof(Connection); line += kCacheLine) __builtin_prefetch(first + line, 1);
}

void ConnectionTable::fetch_stream(const Place& place) {
  if (place.likely == nullptr) return;
  const StreamHandle* const handle = place.likely->streams[place.keyed.direction].handle();
  if (handle != nullptr) context_.observer.prefetch(*handle);
}

void ConnectionTable::add(const SegmentView& segment, const Place& place, PacketTime seen_at) {
  if (seen_at - last_advance_ >= kAdvanceStep || seen_at < last_advance_ || behind_) [[unlikely]]
    advance(seen_at);
  Connection* connection = place.likely;
  // Since it was found in advance, it may have become another connection, or none.
  if (connection == nullptr || connection->key != place.keyed.key) [[unlikely]]
    connection = find_or_open(segment, place, seen_at);
  if (connection == nullptr || add_steady(*connection, place.keyed.direction, segment, seen_at)) return;
  touch(*connection, seen_at);
  add_to(*connection, place.keyed.direction, segment, seen_at);
}

// The common case of touch() and add_to(): the segment carries the next data, or acknowledges what was seen, and the
// connection waits for nothing. Returns false, and does nothing, for any other segment.
inline bool ConnectionTable::add_steady(Connection& connection, std::uint8_t direction, const SegmentView& segment,
                                        PacketTime seen_at) {
  Reassembler& stream = connection.streams[direction];
  const Reassembler& other = connection.streams[1 - direction];
  if (connection.phase != Phase::established || connection.rival.pending) return false;
  if ((connection.heard >> direction & 1) == 0 || (segment.flags & (kSyn | kFin | kRst)) != 0) return false;
  if (segment.missing_bytes > 0 || seen_at - connection.queued_at >= limits_.idle / kTouchesPerIdle) return false;
  if (stream.waiting() || other.waiting()) return false;
  if ((segment.flags & kAck) && other.synchronized() && !other.has_passed(segment.ack)) return false;
  if (segment.payload.empty() ? !stream.synchronized() : !stream.continues_at(segment.seq)) return false;
  connection.last_seen = seen_at;
  if (!segment.payload.empty()) stream.add_next(context_, identity(connection, direction), segment.payload, seen_at);
  return true;
}

Connection* ConnectionTable::find_or_open(const SegmentView& segment, const Place& place, PacketTime seen_at) {
  if (Connection* const found = index_.find(place.keyed.key, place.hash)) return found;
  // A bare ACK, FIN or RST of an unknown connection holds nothing of later use.
  const bool opens = (segment.flags & kSyn) != 0 || !segment.payload.empty() || segment.missing_bytes > 0;
  if (!opens || (segment.flags & kRst)) {
    counters_.seen.add(segment.payload.size());
    counters_.discarded_after_end.add(segment.payload.size());
    return nullptr;
  }
  return &open(place, seen_at);
}

Connection& ConnectionTable::open(const Place& place, PacketTime seen_at) {
  while (counters_.connections_open.get() >= limits_.connections) evict_one(seen_at);
  const std::uint32_t slot = connections_.acquire();
  Connection& connection = connections_[slot];
  connection.key = place.keyed.key;
  connection.slot = slot;
  connection.phase = Phase::embryonic;
  connection.opener = place.keyed.direction;
  connection.last_seen = connection.queued_at = seen_at;
  opened_by_.opened(opener_of(connection));
  phases_.embryonic.push_back(connection);
  index_.insert(connection, place.hash);
  counters_.connections_opened.add();
  counters_.connections_open.add();
  return connection;
}

void ConnectionTable::add_to(Connection& connection, std::uint8_t direction, const SegmentView& segment,
                             PacketTime seen_at) {
  Reassembler& stream = connection.streams[direction];
  Reassembler& other = connection.streams[1 - direction];
  if (connection.rival.pending && confirms_rival(connection, direction, segment)) [[unlikely]] {
    replace(connection, connection.rival, seen_at);
  }
  const auto heard = static_cast<std::uint8_t>(1U << direction);
  if ((connection.heard & heard) == 0) [[unlikely]] {
    connection.heard |= heard;
    connection.ingress[direction] = segment.ingress;
  }
  if (segment.flags & (kSyn | kRst)) [[unlikely]] {
    if (segment.flags & kRst) return handle_reset(connection, direction, segment, seen_at);
    if (!accept_syn(connection, direction, segment, seen_at)) return;
  }
  // The SYN takes one sequence number, before the payload that it may carry (RFC 7413).
  const std::uint32_t seq = segment.seq + ((segment.flags & kSyn) ? 1U : 0U);
  if (!stream.synchronized()) stream.synchronize(seq, StreamStart::mid_stream);
  if ((segment.flags & kAck) && other.synchronized()) {
    other.acknowledge(context_, identity(connection, 1 - direction), segment.ack, seen_at);
  }
  if (connection.phase < Phase::established) [[unlikely]] {
    if (!segment.payload.empty()) {
      move_to(connection, Phase::established);
    } else if (connection.phase == Phase::embryonic && connection.heard == kBothHeard && !(segment.flags & kSyn)) {
      move_to(connection, Phase::silent);
    }
  }
  if (!segment.payload.empty() || segment.missing_bytes > 0 || (segment.flags & kFin)) {
    stream.add(context_, identity(connection, direction), seq, segment, seen_at);
  }
  if (stream.waiting() || other.waiting()) [[unlikely]]
    enforce_limits(connection, seen_at);
  // The connection is over, or continues after all.
  if ((connection.phase == Phase::closed) != closed(connection)) [[unlikely]] {
    move_to(connection, closed(connection) ? Phase::closed : Phase::established);
  }
}

// Returns false for a SYN that does not belong to the running connection: it must be confirmed.
bool ConnectionTable::accept_syn(Connection& connection, std::uint8_t direction, const SegmentView& segment,
                                 PacketTime seen_at) {
  Reassembler& stream = connection.streams[direction];
  Reassembler& other = connection.streams[1 - direction];
  const RivalSyn syn{segment.seq + 1, direction, true};
  const bool answers = (segment.flags & kAck) && other.is_near(segment.ack);
  // The other side's segments opened the connection a moment ago: the SYN was overtaken in the capture.
  const bool overtaken = connection.phase < Phase::established || seen_at - connection.queued_at <= kAckGrace;
  const bool belongs = stream.synchronized() ? stream.may_start_at(syn.first_seq) : answers || overtaken;
  if (connection.phase == Phase::closed) {
    replace(connection, syn, seen_at);
  } else if (!belongs) {
    counters_.doubted_syns.add();
    counters_.seen.add(segment.payload.size());
    counters_.outside_window.add(segment.payload.size());
    if (!segment.payload.empty()) {  // of another connection, or of none
      context_.observer.on_unread({connection.slot, direction}, connection.key, std::nullopt, Unread::outside_window,
                                  segment.payload.size());
    }
    connection.rival = syn;
    return false;
  }
  if (!stream.synchronized()) stream.synchronize(syn.first_seq, StreamStart::handshake);
  // A SYN-ACK also tells the other side's first sequence number, in case its SYN was lost.
  if ((segment.flags & kAck) && !other.synchronized()) other.synchronize(segment.ack, StreamStart::handshake);
  return true;
}

// A new connection with the same addresses and ports.
void ConnectionTable::replace(Connection& connection, RivalSyn syn, PacketTime seen_at) {
  end_streams(connection, StreamEnd::replaced, seen_at);
  reset(connection);
  connection.streams[syn.direction].synchronize(syn.first_seq, StreamStart::handshake);
  connection.heard = static_cast<std::uint8_t>(1U << syn.direction);
  connection.last_seen = seen_at;
  move_to(connection, Phase::embryonic);
}

void ConnectionTable::handle_reset(Connection& connection, std::uint8_t direction, const SegmentView& segment,
                                   PacketTime seen_at) {
  Reassembler& stream = connection.streams[direction];
  Reassembler& other = connection.streams[1 - direction];
  // Payload of a RST is a diagnostic text for people (RFC 9293, 3.5.3), not part of the stream.
  counters_.seen.add(segment.payload.size());
  counters_.discarded_reset.add(segment.payload.size());
  const bool refuses = !stream.synchronized() && (segment.flags & kAck) && other.expects(segment.ack);
  if (!refuses && !stream.may_continue_at(segment.seq)) {
    counters_.ignored_resets.add();
    return;
  }
  stream.note_sender_reset(context_, identity(connection, direction), segment.seq, seen_at);
  other.note_receiver_reset(context_, identity(connection, 1 - direction), seen_at);
  if (closed(connection)) move_to(connection, Phase::closed);
}

void ConnectionTable::finish(PacketTime now) {
  for (const Phase phase : {Phase::established, Phase::silent, Phase::embryonic, Phase::closed}) {
    ConnectionList& list = list_of(phase);
    while (!list.empty()) {
      end_streams(list.front(), StreamEnd::shutdown, now);
      forget(list.front());
    }
  }
}

StreamView ConnectionTable::view(StreamId stream) const {
  const Connection& connection = connections_[stream.connection];
  return {stream, connection.ingress[stream.direction], *connection.streams[stream.direction].handle(), connection.key};
}

bool ConnectionTable::holds_bytes(StreamId stream) const {
  return connections_[stream.connection].streams[stream.direction].held_bytes() > 0;
}

void ConnectionTable::for_each_stream(const std::function<void(const StreamView&)>& visit) const {
  index_.for_each([&](const Connection& connection) {
    for (const std::uint8_t direction : {std::uint8_t{0}, std::uint8_t{1}}) {
      if (connection.streams[direction].handle() != nullptr) visit(view({connection.slot, direction}));
    }
  });
}

void ConnectionTable::reconsider() {
  index_.for_each([](Connection& connection) {
    for (Reassembler& stream : connection.streams) stream.reconsider();
  });
}

void ConnectionTable::touch(Connection& connection, PacketTime seen_at) {
  // A closed connection is forgotten in time even if segments continue: if the end was a forgery, they are read again.
  if (connection.phase == Phase::closed) return;
  connection.last_seen = seen_at;
  if (seen_at - connection.queued_at < limits_.idle / kTouchesPerIdle) [[likely]]
    return;
  move_to(connection, connection.phase);
}

void ConnectionTable::move_to(Connection& connection, Phase phase) {
  ConnectionList& from = list_of(connection.phase);
  from.erase(from.iterator_to(connection));
  connection.phase = phase;
  connection.queued_at = connection.last_seen;
  list_of(phase).push_back(connection);
}

void ConnectionTable::end_streams(Connection& connection, StreamEnd end, PacketTime now) {
  for (const std::uint8_t direction : {std::uint8_t{0}, std::uint8_t{1}}) {
    connection.streams[direction].finish(context_, identity(connection, direction), end, now);
  }
}

// Forgets everything about the connection except its key.
void ConnectionTable::reset(Connection& connection) {
  for (const std::uint8_t direction : {std::uint8_t{0}, std::uint8_t{1}}) {
    connection.streams[direction].forget_gaps(context_, {connection.slot, direction});
    connection.streams[direction] = Reassembler();
  }
  connection.rival = RivalSyn();
  connection.heard = 0;
}

void ConnectionTable::forget(Connection& connection) {
  index_.erase(connection, hash_of(connection.key, hash_secret_));
  ConnectionList& list = list_of(connection.phase);
  list.erase(list.iterator_to(connection));
  reset(connection);
  opened_by_.closed(opener_of(connection));
  connection.key = kNoFlow;
  connections_.release(connection.slot);
  counters_.connections_open.subtract(1);
}

ConnectionList& ConnectionTable::list_of(Phase phase) {
  switch (phase) {
    case Phase::embryonic:
      return phases_.embryonic;
    case Phase::silent:
      return phases_.silent;
    case Phase::established:
      return phases_.established;
    case Phase::closed:
      break;
  }
  return phases_.closed;
}

}  // namespace logsniffd::tcp
