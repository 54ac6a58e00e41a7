// Takes a packet to the payload that the filters want: link, ip, then udp, or tcp to reassembled streams.
//
// THREAD  confined to its capture worker; a single counter may be read by any thread.
// TIME    steady (PacketClock).
// BOUNDS  the sum of the bounds of its parts: connections, reassembly, fragments; kRemembered datagrams.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "daemon/base/interface_names.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/ip/fragment_table.hpp"
#include "daemon/packet_path/packet_decoder.hpp"
#include "daemon/packet_path/packet_ledger.hpp"
#include "daemon/packet_path/traffic_observer.hpp"
#include "daemon/tcp/connection_table.hpp"
#include "daemon/udp/duplicate_filter.hpp"

namespace logsniffd::packet_path {

struct PacketLimits {
  tcp::TcpLimits tcp;
  ip::FragmentLimits fragments;
};

class PacketPath {
 public:
  // `interfaces` and `observer` must outlive it. The observer must not call back, except through streams().
  PacketPath(const PacketLimits& limits, InterfaceNames& interfaces, TrafficObserver& observer,
             std::uint64_t hash_secret);

  // REQUIRED: between two bursts. Data beyond a lower limit is released as soon as more is added.
  void set_limits(const PacketLimits& limits);

  // Reads the headers of a burst of at most kMaxBurst packets, and brings the table entries that they need into the
  // cache, so that the packets do not wait for them one after another.
  void decode(std::span<const capture::RawPacket> packets);
  // Call next for each packet in order: `packet` is the one at `place` in the burst.
  PacketVerdict add(const capture::RawPacket& packet, std::size_t place, PacketTime now);

  // Shows the packet to TrafficObserver::on_verdict. REQUIRED: add() has just returned `verdict` for it.
  void report(const capture::RawPacket& packet, std::size_t place, PacketVerdict verdict);

  // Releases what has waited or been silent for too long.
  void advance(PacketTime now);
  // The time within which advance() should be called; nullopt: not before the next packet.
  [[nodiscard]] std::optional<Duration> advance_within() const { return connections_.advance_within(); }
  // No packet will follow: every stream ends.
  void finish(PacketTime now);

  [[nodiscard]] tcp::StreamSource& streams() { return connections_; }

  [[nodiscard]] const PacketLedger& counters() const { return counters_; }
  [[nodiscard]] const tcp::StreamCounters& stream_counters() const { return connections_.counters(); }
  [[nodiscard]] const ip::FragmentCounters& fragment_counters() const { return fragments_.counters(); }

 private:
  struct BurstPacket {
    DecodedPacket decoded;
    bool watched = false;  // a segment that a filter may want
    tcp::ConnectionTable::Place connection = {};
  };

  void look_up(BurstPacket& looked_up) const;
  void fetch(std::span<BurstPacket> burst);
  PacketVerdict follow(const capture::RawPacket& packet, BurstPacket& looked_up, PacketTime now);
  PacketVerdict follow(const udp::UdpDatagram& datagram, const BurstPacket& looked_up, const capture::RawPacket& packet,
                       PacketTime now);

  InterfaceNames& interfaces_;
  TrafficObserver& observer_;
  PacketLedger counters_;
  ip::FragmentTable fragments_;
  udp::DuplicateFilter duplicates_;
  tcp::ConnectionTable connections_;
  std::array<BurstPacket, capture::kMaxBurst> burst_;  // reused for each burst
};

}  // namespace logsniffd::packet_path
