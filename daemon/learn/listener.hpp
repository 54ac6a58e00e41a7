// Follows every stream and every datagram, cuts and decodes them as `framing: auto` and `decode: auto` do, and notes for
// each port what that showed.
//
// Which end is the server: the one that a SYN was sent to; otherwise the one whose port is below 1024, or below 32768
// where ephemeral ports begin, if that is true of one end only; otherwise the one that was seen with more packets, or
// that the first packet was sent to.
//
// THREAD  confined to its owner.
// TIME    packets and idle() bring wall-clock time.
// BOUNDS  kMaxPorts ports with kMaxSenders senders each; connections, reassembly, fragments and unfinished records
//         by the limits; kMaxRemembered pairs of ends.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "daemon/base/interface_names.hpp"
#include "daemon/base/packet_clock.hpp"
#include "daemon/base/slab_pool.hpp"
#include "daemon/capture/packet_source.hpp"
#include "daemon/decoder/decoder.hpp"
#include "daemon/framing/gelf_chunks.hpp"
#include "daemon/framing/stream_framer.hpp"
#include "daemon/learn/findings.hpp"
#include "daemon/packet_path/packet_path.hpp"
#include "daemon/record_path/silent_streams.hpp"
#include "daemon/survey/wire_survey.hpp"

namespace logsniffd::learn {

struct ListenerLimits {
  packet_path::PacketLimits packets;
  framing::FramingLimits framing;
};

class Listener final : public capture::PacketObserver, private packet_path::TrafficObserver {
 public:
  static constexpr std::size_t kMaxRemembered = 65'536;
  static constexpr std::size_t kSampleBytes = 2048;

  Listener(const ListenerLimits& limits, std::uint64_t hash_secret);

  void on_packet(const capture::RawPacket& packet) override;
  // Nothing was captured until `now`.
  void idle(PacketTime now);
  // No packet will follow. Returns what was found. REQUIRED: called once, last.
  [[nodiscard]] Findings finish();

  [[nodiscard]] std::uint64_t packets() const { return survey_.packets(); }

 private:
  class Frames;
  struct Stream {
    std::optional<framing::StreamFramer> framer = {};
    PortFindings* port = nullptr;
    Side* side = nullptr;
    record_path::SilentStreams::Place silent_place = record_path::SilentStreams::kNone;
    PacketTime last_bytes_at{};
    bool begun = false;
  };

  // TrafficObserver
  [[nodiscard]] bool watches(std::uint16_t, std::uint16_t) const override { return true; }
  [[nodiscard]] packet_path::Audience audience(const Flow&) const override { return 1; }
  void on_datagram(const packet_path::SeenDatagram& datagram) override;
  std::optional<tcp::StreamHandle> on_open(tcp::StreamId id, const Flow& flow, tcp::StreamStart start) override;
  void on_bytes(const tcp::StreamView& view, Bytes bytes, PacketTime seen_at) override;
  void on_gap(const tcp::StreamView& view, std::uint64_t missing_bytes, PacketTime seen_at) override;
  void on_end(const tcp::StreamView& view, tcp::StreamEnd end, PacketTime seen_at) override;

  struct Place {
    PortFindings* port;
    Side* side;
  };
  [[nodiscard]] std::optional<Place> place_of(const Flow& flow);
  [[nodiscard]] bool is_to_server(const Flow& flow);
  [[nodiscard]] bool decide_by_first(const Flow& flow);
  template <class Call>
  void frame(const tcp::StreamView& view, Call call);
  void end_silences(PacketTime now);
  void note_lines(Side& side, Bytes payload) const;
  void on_frame(const Place& place, const Flow& flow, Bytes frame);

  PacketClock clock_;
  InterfaceNames interfaces_;
  survey::WireSurvey survey_;
  packet_path::PacketPath packets_;
  framing::FramingContext framing_;
  framing::GelfChunks chunks_;
  decoder::Decoder decoder_;
  record::LogRecord record_;  // reused for each frame
  SlabPool<Stream> streams_;  // by StreamHandle
  record_path::SilentStreams silent_{framing::StreamFramer::kQuiet};
  std::deque<PortFindings> ports_;  // a deque, so that ports stay where they are
  absl::flat_hash_map<survey::Port, PortFindings*> by_number_;
  // The addresses of both ends, and their ports with the transport: tcp::FlowKey for both protocols.
  using Ends = std::pair<std::array<std::uint64_t, 4>, std::uint64_t>;
  // The direction that leads to the server, where only the first packet could decide.
  absl::flat_hash_map<Ends, std::uint8_t> decided_;
  std::uint64_t unfollowed_ = 0;
  PacketTime now_{};  // steady, as clock_ makes it
  std::optional<PacketTime> first_packet_at_;
  PacketTime last_packet_at_{};
};

}  // namespace logsniffd::learn
