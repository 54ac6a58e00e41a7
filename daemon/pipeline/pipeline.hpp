// From a packet to the sinks' queues: link, ip, udp or tcp, framing, record, filter, batch. Runs to completion on the
// capture worker; no locks, no system calls, no allocation a line.
//
// TIME    on_packet(), idle() and finish() turn the packet's time into a steady one (PacketClock), and everything below
//         sees that one alone; a record gets back the time that its packet was stamped with (set_origin()).
// THREAD  confined to its capture worker; a single counter may be read by any thread.
// BOUNDS  the sum of the bounds of its parts: connections, reassembly, fragments, partial frames, one open batch.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/base/packet_clock.hpp"
#include "daemon/base/slab_pool.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/framing/datagram_framer.hpp"
#include "daemon/framing/gelf_chunks.hpp"
#include "daemon/framing/line_joiner.hpp"
#include "daemon/framing/netconsole_order.hpp"
#include "daemon/framing/stream_framer.hpp"
#include "daemon/ip/fragment_table.hpp"
#include "daemon/ip/ip_decoder.hpp"
#include "daemon/link/link_decoder.hpp"
#include "daemon/pipeline/batch_writer.hpp"
#include "daemon/pipeline/packet_ledger.hpp"
#include "daemon/pipeline/routing_plan.hpp"
#include "daemon/pipeline/silent_streams.hpp"
#include "daemon/pipeline/unread_streams.hpp"
#include "daemon/record/decoder.hpp"
#include "daemon/tcp/connection_table.hpp"
#include "daemon/udp/duplicate_filter.hpp"
#include "daemon/udp/udp_decoder.hpp"

namespace logsniffd::pipeline {

struct PipelineLimits {
  tcp::TcpLimits tcp;
  ip::FragmentLimits fragments;
  framing::FramingLimits framing;
};

// By how much packets of one moment may overtake each other on their way through the kernel's queues.
inline constexpr Duration kSlack = std::chrono::seconds(2);

struct PipelineOptions {
  PipelineLimits limits;
  Overload overload = Overload::drop;
  Duration linger{};
  Duration slack = kSlack;        // by how much packets, and looks at the clock, may overtake each other
  std::uint64_t max_records = 0;  // stop after so many routed records (sniff --count); 0: never
  std::uint64_t hash_secret = 0;
};

// Every counter of a pipeline. The sums of the ledger hold in it.
struct PipelineCounters {
  PacketLedger packets;
  ClockCounters clock;
  tcp::StreamCounters streams;
  ip::FragmentCounters fragments;
  framing::FramingCounters framing;
  framing::JoinCounters joining;
  RecordLedger records;
  framing::GelfChunkCounters gelf_chunks;
  framing::NetconsoleCounters netconsole;
  record::DecodeCounters decoding;
  record::PythonCounters python;
};

class Pipeline final : public capture::PacketObserver,
                       private tcp::StreamObserver,
                       private framing::FrameObserver,
                       private framing::JoinObserver,
                       private framing::NetconsoleObserver {
 public:
  Pipeline(const PipelineOptions& options, const std::atomic<bool>& abandon);

  // The plan and the queues from now on. Streams in flight keep their state where a new lane frames as an old one did.
  void configure(std::shared_ptr<const RoutingPlan> plan, std::vector<Outlet> outlets);

  // REQUIRED: between two packets. What is held beyond a lower limit goes as soon as more is added.
  void set_limits(const PipelineLimits& limits);

  void on_packet(const capture::RawPacket& packet) override { on_packets({&packet, 1}); }
  void on_packets(std::span<const capture::RawPacket> packets) override;
  // Live capture, before each reading of the source: PacketClock::heard().
  void heard(SteadyTime now, PacketTime wall) { clock_.heard(now, wall); }
  void set_slack(Duration slack) { clock_.set_slack(slack); }
  // The source has nothing more right now: hand over what there is, and let time pass for streams that wait.
  void idle(PacketTime now);
  // Hands over the records that there are, whole or not a batch.
  void publish() { writer_.publish(); }
  // The source has ended: every stream is flushed and everything handed over.
  void finish();
  // Within which time from the last packet or idle() the next idle() is wanted; nullopt: not before the next packet.
  [[nodiscard]] std::optional<Duration> idle_within() const;
  // max_records was reached.
  [[nodiscard]] bool done() const { return done_; }

  // What the streams that somebody wants have lost since the last call. REQUIRED: between two packets.
  [[nodiscard]] UnreadReport take_unread() { return unread_.take(); }

  // REQUIRED: between two packets.
  void copy_counters(PipelineCounters& copy) const;
  [[nodiscard]] const PacketLedger& packets() const { return packets_; }
  [[nodiscard]] const ClockCounters& clock() const { return clock_.counters(); }
  [[nodiscard]] const tcp::StreamCounters& streams() const { return connections_.counters(); }
  [[nodiscard]] const ip::FragmentCounters& fragments() const { return fragments_.counters(); }
  [[nodiscard]] const framing::FramingCounters& framing() const { return framing_.counters; }
  [[nodiscard]] const framing::JoinCounters& joining() const { return joiner_.counters(); }
  [[nodiscard]] const RecordLedger& records() const { return records_; }
  [[nodiscard]] const framing::GelfChunkCounters& gelf_chunks() const { return gelf_chunks_.counters(); }
  [[nodiscard]] const framing::NetconsoleCounters& netconsole() const { return netconsole_.counters(); }
  [[nodiscard]] const record::DecodeCounters& decoding() const { return decoder_.counters(); }
  [[nodiscard]] const record::PythonCounters& python() const { return decoder_.python_counters(); }

 private:
  struct LaneFramer {
    framing::StreamFramer framer;
    std::uint8_t lane;
  };
  struct Stream {
    filter::FilterMask candidates = 0;
    PacketTime last_bytes_at{};  // what is flushed without its end was captured then
    absl::InlinedVector<LaneFramer, 1> lanes;
    std::uint16_t interface = 0;  // index into interfaces_
    SilentStreams::Place silent_place = SilentStreams::kNone;
    bool joined_late = false;
  };
  using LaneMask = std::uint64_t;
  static_assert(sizeof(LaneMask) * 8 >= filter::kMaxFilters, "a lane has a filter");
  // A packet as far as it can be read without knowing any other.
  struct Decoded {
    link::LinkPayload link = {};
    ip::IpResult ip = {};
    std::optional<tcp::SegmentResult> tcp = {};
    tcp::ConnectionTable::Place place = {};
    bool watched = false;
  };
  // What they name is in proxied_.
  static constexpr std::array<std::string_view, 4> kProxyFields{"proxy.src.addr", "proxy.src.port", "proxy.dst.addr",
                                                                "proxy.dst.port"};
  // The stream of a JoinKey whose lines are those of one datagram.
  static constexpr std::uint32_t kDatagram = 0xffff'ffff;
  // Of the frame that is being cut right now: what a record needs to know of its origin.
  struct Origin {
    PacketTime seen_at;
    Flow flow;
    std::uint16_t interface;
    filter::FilterMask candidates;
    framing::JoinKey key;
    PacketTime held_since{};
    PacketTime earlier{};  // when the bytes in front of those at seen_at were captured
    bool framed = false;   // a frame was given out
  };

  [[nodiscard]] Decoded decode(const capture::RawPacket& packet) const;
  void decode_tcp(const ip::Datagram& datagram, Decoded& decoded) const;
  void fetch(std::span<Decoded> burst);
  void process(const capture::RawPacket& packet, const Decoded& decoded);
  void on_datagram(const ip::Datagram& datagram, const capture::RawPacket& packet, const Decoded& decoded);
  void on_udp(const ip::Datagram& datagram, const capture::RawPacket& packet, const link::LinkPayload& link);
  void on_tcp(const Decoded& decoded);

  std::optional<tcp::StreamHandle> on_open(tcp::StreamId id, const Flow& flow, tcp::StreamStart start) override;
  void on_bytes(const tcp::StreamView& view, Bytes bytes, PacketTime seen_at) override;
  void on_gap(const tcp::StreamView& view, std::uint64_t missing_bytes, PacketTime seen_at) override;
  void on_end(const tcp::StreamView& view, tcp::StreamEnd end, PacketTime seen_at) override;
  void on_unread(tcp::StreamId id, const tcp::FlowKey& key, std::optional<tcp::StreamHandle> open, tcp::Unread why,
                 std::uint64_t bytes) override;
  void prefetch(tcp::StreamHandle handle) override { __builtin_prefetch(&streams_[handle], 1); }
  void on_frame(Bytes frame, Integrity integrity) override;
  void on_held_frame(Bytes frame, Integrity integrity) override;
  void on_foreign(framing::Foreign what) override;
  void on_proxied(const framing::ProxiedEnds& ends) override;
  void on_joined(framing::JoinKey key, Bytes record, Integrity integrity, PacketTime first_seen_at) override;
  [[nodiscard]] bool is_held_up(framing::JoinKey key) const override;
  void on_netconsole(const framing::NetconsoleOrigin& origin, Bytes message, Integrity integrity) override;
  void on_record(Bytes record, Integrity integrity, PacketTime seen_at);
  void set_origin(Integrity integrity, PacketTime seen_at);
  void mark(tcp::StreamId id, const Stream& stream);
  void take_mark();
  void hand_on();

  void expect_silence(Stream& stream, tcp::StreamId id);
  void end_silences(PacketTime now);
  void add_proxied_ends();
  void begin_lane(const tcp::StreamView& view, const Stream& stream, std::uint8_t lane);
  void end_joined(framing::JoinEnd why);
  void replan_stream(Stream& stream, const tcp::StreamView& view, const RoutingPlan& plan);
  std::uint16_t intern_interface(std::string_view name);

  std::shared_ptr<const RoutingPlan> plan_;  // shared with the other capture workers; immutable
  PacketLedger packets_;
  RecordLedger records_;
  PacketClock clock_;
  PacketTime now_{};  // steady: of the packet that is processed, or of idle()
  ip::FragmentTable fragments_;
  udp::DuplicateFilter duplicates_;
  tcp::ConnectionTable connections_;
  SlabPool<Stream> streams_;  // by StreamHandle
  SilentStreams silent_{framing::StreamFramer::kQuiet};
  absl::flat_hash_map<std::uint32_t, std::array<std::string, 4>>
      proxied_;  // by JoinKey::stream, of those that are open
  // The lanes whose next record is to say that bytes of its stream were lost beside it; by JoinKey::stream.
  absl::flat_hash_map<std::uint32_t, LaneMask> marks_;
  UnreadStreams unread_;
  framing::FramingContext framing_;
  framing::LineJoiner joiner_;
  framing::GelfChunks gelf_chunks_;
  framing::NetconsoleOrder netconsole_;
  record::Decoder decoder_;
  BatchWriter writer_;

  std::vector<std::string> interfaces_;  // names seen; at most kMaxInterfaces, the rest has none
  std::uint16_t current_interface_ = 0;
  std::array<Decoded, capture::kMaxBurst> burst_;  // reused for each burst
  Origin origin_{};
  record::LogRecord record_;           // reused for each record
  std::vector<filter::Route> routes_;  // likewise
  std::uint64_t max_records_;
  bool done_ = false;
};

}  // namespace logsniffd::pipeline
