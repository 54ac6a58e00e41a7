// All TCP connections of one capture worker. Finds the connection of each segment, and releases it when it is over.
//
// THREAD  confined to the capture worker that owns it.
// EVENTS  see StreamObserver; the observer must not call back.
// TIME    steady (PacketClock). A connection ends `limits.idle` (up to a sixteenth later) after its last segment; on a
//         silent link the worker calls advance() with the clock instead.
// BOUNDS  at most limits.connections connections. At the ceiling the closed ones go first, then one of a source that
//         opened more than its share, then those that never carried data, then those that were silent longest. At most
//         limits.reassembly_bytes are held out of order, limits.per_connection_bytes for each connection; beyond that
//         the oldest hole is given up. All of it in constant time per segment.
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/base/slab_pool.hpp"
#include "daemon/tcp/connection.hpp"
#include "daemon/tcp/flow_index.hpp"
#include "daemon/tcp/opened_by_source.hpp"
#include "daemon/tcp/segment.hpp"
#include "daemon/tcp/stream_counters.hpp"
#include "daemon/tcp/stream_observer.hpp"
#include "daemon/tcp/waiting_room.hpp"

namespace logsniffd::tcp {

struct TcpLimits {
  std::uint64_t connections;
  Duration idle;
  Duration hole_wait;
  std::uint64_t per_connection_bytes;
  std::uint64_t reassembly_bytes;
};

class ConnectionTable final : public StreamSource {
 public:
  // Where to look for the connection of a segment.
  struct Place {
    KeyedFlow keyed;
    std::uint32_t hash;
    Connection* likely = nullptr;  // found in advance
  };

  ConnectionTable(const TcpLimits& limits, StreamObserver& observer,
                  std::uint64_t hash_secret);  // observer must outlive it
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  void set_limits(const TcpLimits& limits);
  void add(const SegmentView& segment, PacketTime seen_at) { add(segment, place_of(segment), seen_at); }
  void add(const SegmentView& segment, const Place& place, PacketTime seen_at);

  // For a burst of segments, the waits for memory overlap: call each of these for all segments, then add() for all.
  // Only speed depends on it. REQUIRED: no other call in between.
  [[nodiscard]] Place place_of(const SegmentView& segment) const;
  void fetch_place(const Place& place) const { index_.prefetch(place.hash); }
  void fetch_connection(Place& place);
  void fetch_stream(const Place& place);

  // Releases what has waited or been silent for too long; constant time if there is nothing. A flood of holes takes
  // several calls (advance_within() is 0), so that none of them takes long.
  void advance(PacketTime now);
  // REQUIRED for these four: no call of add(), advance() or finish() is in progress, except for holds_bytes().
  [[nodiscard]] StreamView view(StreamId stream) const override;
  [[nodiscard]] bool holds_bytes(StreamId stream) const override;
  void for_each_stream(const std::function<void(const StreamView&)>& visit) const override;
  void reconsider() override;
  // When the next call of advance() may find something, by what is known now; nullopt: not before the next segment.
  [[nodiscard]] std::optional<Duration> advance_within() const;
  // Ends every stream: held bytes are delivered, and holes become gaps.
  void finish(PacketTime now);

  [[nodiscard]] const StreamCounters& counters() const { return counters_; }

 private:
  // Connections are in one list per phase, the longest silent first.
  struct Phases {
    ConnectionList embryonic;
    ConnectionList silent;
    ConnectionList established;
    ConnectionList closed;
  };
  Connection* find_or_open(const SegmentView& segment, const Place& place, PacketTime seen_at);
  Connection& open(const Place& place, PacketTime seen_at);
  bool add_steady(Connection& connection, std::uint8_t direction, const SegmentView& segment, PacketTime seen_at);
  void add_to(Connection& connection, std::uint8_t direction, const SegmentView& segment, PacketTime seen_at);
  bool accept_syn(Connection& connection, std::uint8_t direction, const SegmentView& segment, PacketTime seen_at);
  void replace(Connection& connection, RivalSyn syn, PacketTime seen_at);
  void handle_reset(Connection& connection, std::uint8_t direction, const SegmentView& segment, PacketTime seen_at);
  void touch(Connection& connection, PacketTime seen_at);
  void move_to(Connection& connection, Phase phase);
  void end_streams(Connection& connection, StreamEnd end, PacketTime now);
  void reset(Connection& connection);
  void forget(Connection& connection);
  void evict_one(PacketTime now);
  void evict(Connection& victim, PacketTime now);
  [[nodiscard]] Connection* of_a_heavy_source();
  void expire_idle(ConnectionList& list, Duration patience, PacketTime now);
  void enforce_limits(Connection& connection, PacketTime now);
  void give_up_hole(StreamId stream, Patience patience, PacketTime now);
  ConnectionList& list_of(Phase phase);

  TcpLimits limits_;
  StreamCounters counters_;
  WaitingRoom waiting_room_;
  GapMemory gaps_;
  ReassemblyContext context_;
  std::uint64_t hash_secret_;
  SlabPool<Connection> connections_;  // by StreamId::connection
  FlowIndex index_;
  OpenedBySource opened_by_;
  Phases phases_;
  PacketTime last_advance_{};
  bool behind_ = false;  // the last advance() did not finish what was due
};

}  // namespace logsniffd::tcp
