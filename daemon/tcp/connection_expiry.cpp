// The part of ConnectionTable that makes room: what is over, silent for too long, or beyond a limit.
#include <algorithm>

#include "daemon/tcp/connection_table.hpp"

namespace logsniffd::tcp {
namespace {

// A closed connection is remembered for this long: copies of its last segments must not look like a new stream.
constexpr Duration kClosedLinger = std::chrono::seconds(10);
// A connection that never gets beyond its SYNs is worth less than one that does.
constexpr Duration kEmbryonicWait = std::chrono::seconds(30);
// The most holes given up in one call, so that the next packet does not wait: a packet queue is short.
constexpr int kHolesPerAdvance = 64;
// How often the connections of a silent link are checked.
constexpr Duration kIdleStep = std::chrono::seconds(1);
// A source that opened more than this part of limits.connections gives way to others when the limit is reached.
constexpr std::uint64_t kHeavyPart = 8;
// How many connections at each end of a list are searched for one of such a source: a flooding source is
// among the latest.
constexpr int kLooks = 8;

}  // namespace

void ConnectionTable::advance(PacketTime now) {
  last_advance_ = now;
  behind_ = false;
  for (int given_up = 0; const Wait* const wait = waiting_room_.expired(now); ++given_up) {
    behind_ = given_up == kHolesPerAdvance;
    if (behind_) return;  // the next call continues
    give_up_hole(wait->stream(), Patience::over, now);
  }
  expire_idle(phases_.closed, kClosedLinger, now);
  expire_idle(phases_.embryonic, std::min(kEmbryonicWait, limits_.idle), now);
  expire_idle(phases_.silent, limits_.idle, now);
  expire_idle(phases_.established, limits_.idle, now);
}

std::optional<Duration> ConnectionTable::advance_within() const {
  if (behind_) return Duration::zero();
  if (waiting_room_.oldest() != nullptr) return kAckGrace;
  if (counters_.connections_open.get() > 0) return kIdleStep;
  return std::nullopt;
}

void ConnectionTable::evict_one(PacketTime now) {
  if (!phases_.closed.empty()) return evict(phases_.closed.front(), now);
  counters_.evicted_ceiling.add();
  if (Connection* const heavy = of_a_heavy_source()) {
    counters_.evicted_share.add();
    return evict(*heavy, now);
  }
  for (const Phase phase : {Phase::embryonic, Phase::silent, Phase::established}) {
    if (!list_of(phase).empty()) return evict(list_of(phase).front(), now);
  }
}

void ConnectionTable::evict(Connection& victim, PacketTime now) {
  end_streams(victim, StreamEnd::evicted, now);
  forget(victim);
}

Connection* ConnectionTable::of_a_heavy_source() {
  const auto is_heavy = [this](const Connection& connection) {
    return opened_by_.open(opener_of(connection)) > limits_.connections / kHeavyPart;
  };
  for (const Phase phase : {Phase::embryonic, Phase::silent, Phase::established}) {
    ConnectionList& list = list_of(phase);
    int looks = 0;
    for (auto it = list.begin(); it != list.end() && looks < kLooks; ++it, ++looks)
      if (is_heavy(*it)) return &*it;
    looks = 0;
    for (auto it = list.rbegin(); it != list.rend() && looks < kLooks; ++it, ++looks)
      if (is_heavy(*it)) return &*it;
  }
  return nullptr;
}

void ConnectionTable::expire_idle(ConnectionList& list, Duration patience, PacketTime now) {
  while (!list.empty() && list.front().queued_at + patience <= now) {
    Connection& connection = list.front();
    if (connection.last_seen + patience > now) {
      move_to(connection, connection.phase);
      continue;
    }
    if (connection.phase != Phase::closed) counters_.evicted_idle.add();
    end_streams(connection, StreamEnd::idle, now);
    forget(connection);
  }
}

void ConnectionTable::enforce_limits(Connection& connection, PacketTime now) {
  Reassembler* streams = connection.streams;
  while (streams[0].held_bytes() + streams[1].held_bytes() > limits_.per_connection_bytes) {
    const std::uint8_t fuller = streams[0].held_bytes() >= streams[1].held_bytes() ? 0 : 1;
    counters_.gave_up_bytes.add();
    streams[fuller].give_up_hole(context_, identity(connection, fuller), Patience::denied, now);
  }
  while (waiting_room_.charged_bytes() > limits_.reassembly_bytes) {
    const Wait* const oldest = waiting_room_.oldest();
    if (oldest == nullptr) return;
    counters_.gave_up_bytes.add();
    give_up_hole(oldest->stream(), Patience::denied, now);
  }
}

void ConnectionTable::give_up_hole(StreamId stream, Patience patience, PacketTime now) {
  Connection& connection = connections_[stream.connection];
  connection.streams[stream.direction].give_up_hole(context_, identity(connection, stream.direction), patience, now);
  if (connection.phase != Phase::closed && closed(connection)) move_to(connection, Phase::closed);
}

}  // namespace logsniffd::tcp
