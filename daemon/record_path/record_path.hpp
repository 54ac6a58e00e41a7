// Takes the bytes of a stream or a datagram to the sinks' queues: framing, joining, decoding, filters, batches.
//
// A record's origin travels with its bytes from the framer on, and is kept with any bytes that must
// wait (RecordOrigin).
//
// THREAD  confined to its capture worker; a single counter may be read by any thread. No locks, no system calls, no
//         allocation per line.
// TIME    steady (PacketClock). A record gets back the time with which its packet was stamped.
// BOUNDS  the sum of the bounds of its parts: partial frames, pending records, chunks, one open batch.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/base/busy_senders.hpp"
#include "daemon/base/interface_names.hpp"
#include "daemon/base/own_flows.hpp"
#include "daemon/base/packet_clock.hpp"
#include "daemon/base/slab_pool.hpp"
#include "daemon/decoder/decoder.hpp"
#include "daemon/filter/traffic_index.hpp"
#include "daemon/filter/volume_control.hpp"
#include "daemon/framing/datagram_framer.hpp"
#include "daemon/framing/gelf_chunks.hpp"
#include "daemon/framing/line_joiner.hpp"
#include "daemon/framing/netconsole_order.hpp"
#include "daemon/framing/record_origin.hpp"
#include "daemon/framing/stream_framer.hpp"
#include "daemon/packet_path/traffic_observer.hpp"
#include "daemon/record_path/batch_writer.hpp"
#include "daemon/record_path/filter_figures.hpp"
#include "daemon/record_path/record_ledger.hpp"
#include "daemon/record_path/routing_plan.hpp"
#include "daemon/record_path/silent_streams.hpp"
#include "daemon/record_path/tap.hpp"
#include "daemon/record_path/unread_streams.hpp"

namespace logsniffd::record_path {

struct RecordLimits {
  framing::FramingLimits framing;
  std::uint64_t datagram_bytes;  // for messages with missing datagrams: GELF chunks, and as much again for netconsole
};

struct RecordPathOptions {
  RecordLimits limits;
  Overload overload = Overload::drop;
  Duration linger{};
  std::uint64_t max_records = 0;  // stop after this many routed records (sniff --count); 0: never
  std::uint64_t hash_secret = 0;
  std::uint64_t sample_secret = 0;  // the same one keeps the same records
};

class RecordPath final : public packet_path::TrafficObserver,
                         private framing::JoinObserver,
                         private framing::NetconsoleObserver,
                         private filter::NoteObserver {
 public:
  // All reference arguments must outlive it. `abandon`: see BatchWriter.
  RecordPath(const RecordPathOptions& options, const PacketClock& clock, const InterfaceNames& interfaces,
             const std::atomic<bool>& abandon);

  // Sets the source of the observed streams. REQUIRED: once, before all else.
  void set_streams(tcp::StreamSource& streams) { source_ = &streams; }
  // Sets the plan and the queues. Streams in flight keep their state if a new lane frames as an old one did. REQUIRED,
  // as for set_limits(): between two packets.
  void configure(std::shared_ptr<const RoutingPlan> plan, std::vector<Outlet> outlets);
  // Data beyond a lower limit is released as soon as more is added.
  void set_limits(const RecordLimits& limits);

  // Called around each packet: begin() gives out what long-silent streams held and the notes that are due, end() what
  // has waited elsewhere.
  void begin(PacketTime now) {
    now_ = now;
    if (!silent_.empty()) [[unlikely]]
      end_silences();
    volume_.expire(now_, *this);
  }
  void end() {
    joiner_.expire(now_, *this);
    if (netconsole_waits_) [[unlikely]]
      expire_netconsole();
    writer_.publish_if_old(now_);
    if (tapped_) [[unlikely]]
      for_each_tap([this](Tap& tap) { tap.publish_if_old(now_); });
  }
  // Called after begin() when there is no packet to read now: the same, and hands over the records collected so far.
  void idle();
  // Hands over the records collected so far, whether they fill a batch or not.
  void publish();
  // No datagram will follow: gives out what waits for more of them.
  void finish_datagrams();
  // No record will follow: gives out all that waits for more.
  void finish();
  // The time within which begin() should be called; nullopt: not before the next packet.
  [[nodiscard]] std::optional<Duration> wake_within() const;
  // True if max_records was reached.
  [[nodiscard]] bool done() const { return done_; }

  // What wanted streams have lost since the last call. REQUIRED: between two packets.
  [[nodiscard]] UnreadReport take_unread() { return unread_.take(); }

  // Gives copies to the tap from the next record on, until it is removed. REQUIRED: as above, and the tap outlives that.
  void add_tap(Tap& tap);
  void remove_tap(Tap& tap);
  // True if a tap wants on_verdict() to be called.
  [[nodiscard]] bool wants_packets() const { return !taps_at_[static_cast<std::size_t>(TapPoint::packet)].empty(); }

  // In the order of the plan. A filter that keeps its name over configure() keeps its figures. REQUIRED: as above.
  [[nodiscard]] std::vector<NamedFilterFigures> filters();

  // The senders of the most records, whatever became of these. REQUIRED: as above.
  [[nodiscard]] BusySenderReport senders() const { return senders_.busiest(clock_.latest(), kShownSenders); }
  static constexpr std::size_t kShownSenders = 10;

  [[nodiscard]] const framing::FramingCounters& framing() const { return framing_.counters; }
  [[nodiscard]] const framing::JoinCounters& joining() const { return joiner_.counters(); }
  [[nodiscard]] const RecordLedger& records() const { return records_; }
  [[nodiscard]] const framing::GelfChunkCounters& gelf_chunks() const { return gelf_chunks_.counters(); }
  [[nodiscard]] const framing::NetconsoleCounters& netconsole() const { return netconsole_.counters(); }
  [[nodiscard]] const decoder::DecodeCounters& decoding() const { return decoder_.counters(); }
  [[nodiscard]] const record::python::PythonCounters& python() const { return decoder_.python_counters(); }

  // TrafficObserver
  [[nodiscard]] bool watches(std::uint16_t a_port, std::uint16_t another_port) const override {
    return traffic_index_->watches(Transport::tcp, a_port, another_port);
  }
  [[nodiscard]] packet_path::Audience audience(const Flow& flow) const override { return wanting(*plan_, flow); }
  void on_datagram(const packet_path::SeenDatagram& datagram) override;
  void on_verdict(const packet_path::SeenPacket& seen) override;
  std::optional<tcp::StreamHandle> on_open(tcp::StreamId id, const Flow& flow, tcp::StreamStart start) override;
  void on_bytes(const tcp::StreamView& view, Bytes bytes, PacketTime seen_at) override;
  void on_gap(const tcp::StreamView& view, std::uint64_t missing_bytes, PacketTime seen_at) override;
  void on_end(const tcp::StreamView& view, tcp::StreamEnd end, PacketTime seen_at) override;
  void on_unread(tcp::StreamId id, const tcp::FlowKey& key, std::optional<tcp::StreamHandle> open, tcp::Unread why,
                 std::uint64_t bytes) override;
  void prefetch(tcp::StreamHandle handle) override { __builtin_prefetch(&streams_[handle], 1); }

 private:
  class LaneFrames;
  struct LaneFramer {
    framing::StreamFramer framer;
    std::uint8_t lane;
  };
  struct Stream {
    filter::FilterMask candidates = 0;
    PacketTime last_bytes_at{};  // the capture time of what is flushed without its end
    absl::InlinedVector<LaneFramer, 1> lanes;
    SilentStreams::Place silent_place = SilentStreams::kNone;
    bool joined_late = false;
  };
  using LaneMask = std::uint64_t;
  static_assert(sizeof(LaneMask) * 8 >= filter::kMaxFilters, "a lane has a filter");
  // The names of the values in proxied_.
  static constexpr std::array<std::string_view, 4> kProxyFields{"proxy.src.addr", "proxy.src.port", "proxy.dst.addr",
                                                                "proxy.dst.port"};
  // InterfaceNames: the number without a name.
  static constexpr InterfaceNames::Number kNoInterface = 0;
  // JoinKey::stream for the lines of one datagram, and for taps.
  static constexpr std::uint32_t kDatagram = 0xffff'ffff;

  [[nodiscard]] const Lane& lane_of(const framing::RecordOrigin& origin) const { return plan_->lanes[origin.key.lane]; }

  // The filters that want the flow. Nobody wants what this process itself sends to its targets.
  [[nodiscard]] static filter::FilterMask wanting(const RoutingPlan& plan, const Flow& flow) {
    const filter::FilterMask candidates = plan.filters.candidates(flow);
    return candidates != 0 && own_flows().holds(flow) ? 0 : candidates;
  }

  // streams.cpp
  [[nodiscard]] framing::RecordOrigin origin_of(const tcp::StreamView& view, const Stream& stream,
                                                std::uint8_t lane) const {
    return {.flow = view.flow(),
            .seen_at = stream.last_bytes_at,
            .audience = stream.candidates & plan_->lanes[lane].filters,
            .key = {view.id.index(), lane},
            .interface = view.ingress};
  }
  void expect_silence(Stream& stream, tcp::StreamId id, bool waits);
  void end_silences();
  void replan(const tcp::StreamView& view, const RoutingPlan& plan);
  void mark(tcp::StreamId id, const Stream& stream);
  void take_mark(framing::JoinKey key);
  void add_proxied_ends(std::uint32_t stream);

  // datagrams.cpp
  void expire_netconsole();
  [[nodiscard]] bool any_lane(filter::FilterMask audience, bool (*reads)(const Lane&)) const;
  void on_netconsole(const framing::RecordOrigin& origin, Bytes message, Integrity integrity) override;

  // record_path.cpp
  void on_frame(const framing::RecordOrigin& origin, Bytes frame, Integrity integrity);
  [[nodiscard]] bool knows_short_way(const framing::RecordOrigin& origin) const {
    return origin.audience == short_way_.audience;
  }
  // Takes as many lines from the beginning of `run` as need no closer look, and puts them into the batch. REQUIRED: it
  // knows the short way, and LF ends the lines.
  void put_lines(const framing::RecordOrigin& origin, Bytes& run, std::span<const std::uint32_t>& sizes);
  void on_foreign(const framing::RecordOrigin& origin, framing::Foreign what);
  void on_proxied(const framing::RecordOrigin& origin, const framing::ProxiedEnds& ends);
  void on_joined(const framing::RecordOrigin& origin, Bytes record, Integrity integrity) override;
  [[nodiscard]] bool is_held_up(framing::JoinKey key) const override;
  void end_joined(const framing::RecordOrigin& origin, framing::JoinEnd why);
  void on_record(const framing::RecordOrigin& origin, Bytes record, Integrity integrity);
  void learn_short_way(const framing::RecordOrigin& origin);
  void describe(const framing::RecordOrigin& origin, Integrity integrity);
  template <class Change>
  void count(filter::FilterMask filters, Change change) {
    for (; filters != 0; filters &= filters - 1) change(figures_[static_cast<std::size_t>(std::countr_zero(filters))]);
  }
  // Bytes of payload that these filters want.
  void count_traffic(filter::FilterMask audience, std::uint64_t datagrams, std::size_t bytes, PacketTime seen_at) {
    if (audience != traffic_.audience) {
      settle_traffic();
      traffic_.audience = audience;
    }
    traffic_.datagrams += datagrams;
    traffic_.bytes += bytes;
    traffic_.last_at = seen_at;
  }
  void settle_traffic();
  void hand_on();
  void put(const record::LogRecord& record, const std::vector<filter::Route>& routes);
  [[nodiscard]] filter::RouteVerdict control_volume(std::uint32_t stream);
  void on_note(std::uint16_t filter, const record::LogRecord& note) override;
  void show_refusals();
  [[nodiscard]] const record::LogRecord& redacted_for(std::uint16_t filter);
  void keep_figures(const record::FilterNames& names);

  // taps.cpp
  template <class Call>
  void for_each_tap(Call call) {
    for (const auto& taps : taps_at_) {
      for (Tap* tap : taps) call(*tap);
    }
  }
  [[nodiscard]] std::vector<Tap*>& taps_at(TapPoint point) { return taps_at_[static_cast<std::size_t>(point)]; }
  void watch_losses();
  void show(const Flow& flow, InterfaceNames::Number interface, filter::FilterMask audience, std::uint32_t stream,
            const TapEvent& event, Bytes payload = {});
  void show(const tcp::StreamView& view, const TapEvent& event, Bytes payload = {}) {
    show(view.flow(), view.ingress, streams_[view.handle].candidates, view.id.index(), event, payload);
  }

  const PacketClock& clock_;
  const InterfaceNames& interfaces_;
  tcp::StreamSource* source_ = nullptr;
  std::shared_ptr<const RoutingPlan> plan_;              // shared with the other capture workers; immutable
  const filter::TrafficIndex* traffic_index_ = nullptr;  // the plan's
  RecordLedger records_;
  PacketTime now_{};          // of the last begin()
  SlabPool<Stream> streams_;  // by StreamHandle
  SilentStreams silent_{framing::StreamFramer::kQuiet};
  // By JoinKey::stream, for the open streams.
  absl::flat_hash_map<std::uint32_t, std::array<std::string, 4>> proxied_;
  // The lanes whose next record must say that bytes of its stream were lost; by JoinKey::stream.
  absl::flat_hash_map<std::uint32_t, LaneMask> marks_;
  UnreadStreams unread_;
  framing::FramingContext framing_;
  framing::LineJoiner joiner_;
  framing::GelfChunks gelf_chunks_;
  framing::NetconsoleOrder netconsole_;
  decoder::Decoder decoder_;
  filter::VolumeControl volume_;
  BatchWriter writer_;
  record::LogRecord record_;              // reused for each record
  std::vector<filter::Route> routes_;     // likewise
  std::vector<filter::Route> one_route_;  // likewise
  record::LogRecord redacted_;            // record_ as one filter lets it be seen
  filter::RedactedText redacted_text_;
  filter::Refusals refusals_;  // likewise
  // Where every record for this audience goes, because nobody but its sinks looks into it, if it is nothing but its
  // message. An audience is of one lane. 0: no way is known.
  struct ShortWay {
    filter::FilterMask audience = 0;
    record::Decode decode{};
    filter::Route route{};
  };
  ShortWay short_way_;
  std::vector<FilterFigures> figures_;  // by filter; times are steady
  // Of one audience, and not in its figures yet: most traffic is for the audience of the traffic before it.
  struct Traffic {
    filter::FilterMask audience = 0;
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    PacketTime last_at{};
  };
  Traffic traffic_;
  BusySenders senders_;
  std::array<std::vector<Tap*>, kTapPointNames.size()> taps_at_;
  bool tapped_ = false;           // a list in taps_at_ is not empty
  bool netconsole_waits_ = true;  // netconsole_ may hold something
  std::uint64_t max_records_;
  bool done_ = false;
};

}  // namespace logsniffd::record_path
