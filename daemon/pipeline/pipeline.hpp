// Takes a packet to the sinks' queues: a PacketPath and the RecordPath that observes it, with the clock and the names
// that both use. Runs to completion on the capture worker; no locks, no system calls, no allocation per line.
//
// TIME    packets and clock readings bring wall-clock time; below, all times are steady (PacketClock).
// THREAD  confined to its capture worker; a single counter may be read by any thread.
// BOUNDS  the sum of the bounds of the two paths.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "daemon/base/interface_names.hpp"
#include "daemon/base/packet_clock.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/packet_path/packet_path.hpp"
#include "daemon/pipeline/pipeline_counters.hpp"
#include "daemon/record_path/record_path.hpp"

namespace logsniffd::pipeline {

struct PipelineLimits {
  tcp::TcpLimits tcp;
  ip::FragmentLimits fragments;
  framing::FramingLimits framing;
};

// How far packets of one moment may overtake each other on their way through the kernel's queues.
inline constexpr Duration kSlack = std::chrono::seconds(2);

struct PipelineOptions {
  PipelineLimits limits;
  record_path::Overload overload = record_path::Overload::drop;
  Duration linger{};
  Duration slack = kSlack;        // how far packets, and clock readings, may overtake each other
  std::uint64_t max_records = 0;  // stop after this many routed records (sniff --count); 0: never
  std::uint64_t hash_secret = 0;
  std::uint64_t sample_secret = 0;  // the same one keeps the same records
};

class Pipeline final : public capture::PacketObserver {
 public:
  Pipeline(const PipelineOptions& options, const std::atomic<bool>& abandon);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Sets the plan and the queues. Streams in flight keep their state if a new lane frames as an old one did.
  void configure(std::shared_ptr<const record_path::RoutingPlan> plan, std::vector<record_path::Outlet> outlets) {
    records_.configure(std::move(plan), std::move(outlets));
  }
  // REQUIRED: between two packets. Data beyond a lower limit is released as soon as more is added.
  void set_limits(const PipelineLimits& limits);

  // Takes a single packet, and returns its fate.
  packet_path::PacketVerdict add(const capture::RawPacket& packet);
  void on_packet(const capture::RawPacket& packet) override { add(packet); }
  void on_packets(std::span<const capture::RawPacket> packets) override;
  // Live capture, before each reading of the source: PacketClock::heard().
  void heard(SteadyTime now, PacketTime wall) { clock_.heard(now, wall); }
  void set_slack(Duration slack) { clock_.set_slack(slack); }
  // The source has nothing more now: hands over the records so far, and lets time pass for streams that wait.
  void idle(PacketTime now);
  // Hands over the records collected so far, whether they fill a batch or not.
  void publish() { records_.publish(); }
  // The source has ended: every stream is flushed and everything is handed over.
  void finish();
  // The time from the last packet or idle() within which idle() should be called; nullopt: not before the next packet.
  [[nodiscard]] std::optional<Duration> idle_within() const;
  // True if max_records was reached.
  [[nodiscard]] bool done() const { return records_.done(); }

  // What wanted streams have lost since the last call. REQUIRED: between two packets.
  [[nodiscard]] record_path::UnreadReport take_unread() { return records_.take_unread(); }
  // See RecordPath. REQUIRED: as above.
  void add_tap(record_path::Tap& tap) {
    records_.add_tap(tap);
    reports_packets_ = records_.wants_packets();
  }
  void remove_tap(record_path::Tap& tap) {
    records_.remove_tap(tap);
    reports_packets_ = records_.wants_packets();
  }
  [[nodiscard]] std::vector<record_path::NamedFilterFigures> filters() { return records_.filters(); }
  [[nodiscard]] BusySenderReport senders() const { return records_.senders(); }

  // REQUIRED: between two packets.
  void copy_counters(PipelineCounters& copy) const;
  [[nodiscard]] const packet_path::PacketLedger& packets() const { return packets_.counters(); }
  [[nodiscard]] const ClockCounters& clock() const { return clock_.counters(); }
  [[nodiscard]] const tcp::StreamCounters& streams() const { return packets_.stream_counters(); }
  [[nodiscard]] const ip::FragmentCounters& fragments() const { return packets_.fragment_counters(); }
  [[nodiscard]] const framing::FramingCounters& framing() const { return records_.framing(); }
  [[nodiscard]] const framing::JoinCounters& joining() const { return records_.joining(); }
  [[nodiscard]] const record_path::RecordLedger& records() const { return records_.records(); }
  [[nodiscard]] const framing::GelfChunkCounters& gelf_chunks() const { return records_.gelf_chunks(); }
  [[nodiscard]] const framing::NetconsoleCounters& netconsole() const { return records_.netconsole(); }
  [[nodiscard]] const decoder::DecodeCounters& decoding() const { return records_.decoding(); }
  [[nodiscard]] const record::python::PythonCounters& python() const { return records_.python(); }

 private:
  packet_path::PacketVerdict add(const capture::RawPacket& packet, std::size_t place);

  PacketClock clock_;
  PacketTime now_{};  // steady: of the last packet or idle()
  InterfaceNames interfaces_;
  record_path::RecordPath records_;
  packet_path::PacketPath packets_;
  bool reports_packets_ = false;
};

}  // namespace logsniffd::pipeline
