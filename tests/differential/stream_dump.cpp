// The TCP streams of a capture file as the rooms capture, link, ip and tcp give them out, for the
// comparison with tshark.
//
//   stream_dump FILE    prints one JSON object per line for each stream with an event, in the order of their opening:
//     {"src":"10.0.0.1:50000","dst":"10.0.0.2:514","start":"handshake","end":"fin","items":["6c6f67",12,"0a"]}
//   An item is a piece of the stream in hexadecimal, or the length of a gap.
//
// Exit codes: 0 the whole file was read; 1 the ledger does not balance; 2 wrong usage, or the file cannot be read; 3
// the file is damaged: the streams before the damage are printed.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/capture/file_source.hpp"
#include "daemon/ip/fragment_table.hpp"
#include "daemon/ip/ip_decoder.hpp"
#include "daemon/link/link_decoder.hpp"
#include "daemon/tcp/connection_table.hpp"

namespace logsniffd::differential {
namespace {

// So high that no limit decides: only what the capture lacks is given up.
constexpr Duration kGeneration = std::chrono::hours(24 * 365 * 30);
constexpr std::uint64_t kPlenty = 4ULL << 30;
constexpr tcp::TcpLimits kTcpLimits{1'000'000, kGeneration, kGeneration, kPlenty, kPlenty};
constexpr ip::FragmentLimits kFragmentLimits{kPlenty, std::chrono::seconds(30)};

std::string hexadecimal(Bytes bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

// Records the events of every stream. A stream's handle is its index in streams_. Late bytes of a gap are left out:
// tshark puts them in their place or nowhere, depending on the acknowledgements. The property tests check them.
class Notes final : public tcp::StreamObserver {
 public:
  std::optional<tcp::StreamHandle> on_open(tcp::StreamId, const Flow& flow, tcp::StreamStart start) override {
    streams_.push_back({{"src", flow.src.to_string()},
                        {"dst", flow.dst.to_string()},
                        {"start", start == tcp::StreamStart::handshake ? "handshake" : "mid_stream"},
                        {"end", nullptr},
                        {"items", nlohmann::ordered_json::array()}});
    return static_cast<tcp::StreamHandle>(streams_.size() - 1);
  }
  void on_bytes(const tcp::StreamView& stream, Bytes bytes, PacketTime) override {
    const std::uint64_t recovered = counters_->recovered.get();
    if (std::exchange(recovered_, recovered) == recovered)
      streams_[stream.handle]["items"].push_back(hexadecimal(bytes));
  }
  void on_gap(const tcp::StreamView& stream, std::uint64_t missing, PacketTime) override {
    if (missing > 0) streams_[stream.handle]["items"].push_back(missing);
  }
  void on_end(const tcp::StreamView& stream, tcp::StreamEnd end, PacketTime) override {
    streams_[stream.handle]["end"] = tcp::kStreamEndNames[static_cast<std::size_t>(end)];
  }

  // `counters` are those of the observed table. They must outlive this object.
  void watch(const tcp::StreamCounters& counters) { counters_ = &counters; }

  void print() const {
    for (const auto& stream : streams_) fmt::print("{}\n", stream.dump());
  }

 private:
  std::vector<nlohmann::ordered_json> streams_;
  const tcp::StreamCounters* counters_ = nullptr;
  std::uint64_t recovered_ = 0;
};

// A packet's way through the four rooms, as in the pipeline, without filters.
class Decoder final : public capture::PacketObserver {
 public:
  explicit Decoder(tcp::StreamObserver& observer)
      : fragments_(kFragmentLimits), connections_(kTcpLimits, observer, 1) {}

  void on_packet(const capture::RawPacket& packet) override {
    last_packet_at_ = packet.captured_at;
    const link::LinkPayload link = link::decode(packet.link_type, packet.bytes, capture::cut_bytes(packet));
    if (link.verdict != link::LinkVerdict::ip) return;
    const ip::IpResult ip = ip::decode(link.ip, link.cut_bytes);
    if (ip.verdict != ip::IpVerdict::datagram) return;
    if (!ip.datagram.fragment) return on_datagram(ip.datagram);
    fragments_.expire(packet.captured_at);
    if (const auto whole = fragments_.add(ip.datagram, packet.captured_at)) on_datagram(*whole);
  }
  void finish() { connections_.finish(last_packet_at_); }
  [[nodiscard]] const tcp::StreamCounters& counters() const { return connections_.counters(); }

 private:
  void on_datagram(const ip::Datagram& datagram) {
    if (datagram.protocol != ip::kProtocolTcp) return;
    const tcp::SegmentResult decoded = tcp::decode(datagram);
    if (decoded.verdict == tcp::TcpVerdict::segment) connections_.add(decoded.segment, last_packet_at_);
  }

  ip::FragmentTable fragments_;
  tcp::ConnectionTable connections_;
  PacketTime last_packet_at_{};
};

// The invariant of tcp/stream_counters.hpp at the end, when nothing may be held any more.
bool balances(const tcp::StreamCounters& c) {
  if (unaccounted(c) == 0 && c.buffered.get() == 0) return true;
  fmt::print(stderr, "stream_dump: {} bytes seen, {} of them unaccounted for, {} still held\n", c.seen.get(),
             unaccounted(c), c.buffered.get());
  return false;
}

int dump(const std::string& path) {
  constexpr std::size_t kBudget = 1024;
  auto source = capture::FileSource::open(path, "");
  if (!source) {
    fmt::print(stderr, "stream_dump: {}\n", source.error().message());
    return 2;
  }
  Notes notes;
  Decoder decoder(notes);
  notes.watch(decoder.counters());
  int status = 0;
  while (true) {
    const auto read = (*source)->read(decoder, kBudget);
    if (!read) {
      fmt::print(stderr, "stream_dump: {}\n", read.error().message());
      status = 3;
    }
    if (!read || *read == capture::ReadStatus::end) break;
  }
  decoder.finish();
  notes.print();
  return balances(decoder.counters()) ? status : 1;
}

}  // namespace
}  // namespace logsniffd::differential

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: stream_dump FILE\n");
    return 2;
  }
  return logsniffd::differential::dump(argv[1]);
}
