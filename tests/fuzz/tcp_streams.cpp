// Drives the connection table through its public interface: the input is a list of segments and pauses. The grammar of
// the events, the ledger and the limits must hold for every input.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "daemon/base/byte_reader.hpp"
#include "daemon/tcp/connection_table.hpp"

namespace {

using namespace logsniffd;

void require(bool condition) {
  if (!condition) std::abort();
}

// Checks Open (Bytes | Gap)* End for each stream.
class GrammarCheck final : public tcp::StreamObserver {
 public:
  std::optional<tcp::StreamHandle> on_open(tcp::StreamId id, const Flow& flow, tcp::StreamStart) override {
    if (open_.size() <= id.index()) open_.resize(id.index() + 1);
    require(!open_[id.index()]);
    if (flow.dst.port == 3) return std::nullopt;
    open_[id.index()] = true;
    return static_cast<tcp::StreamHandle>(id.index());
  }
  void on_bytes(const tcp::StreamView& stream, Bytes bytes, PacketTime) override {
    require(is_open(stream) && !bytes.empty());
  }
  void on_gap(const tcp::StreamView& stream, std::uint64_t, PacketTime) override { require(is_open(stream)); }
  void on_end(const tcp::StreamView& stream, tcp::StreamEnd, PacketTime) override {
    require(is_open(stream));
    open_[stream.handle] = false;
  }
  void require_all_ended() const {
    for (const bool open : open_) require(!open);
  }

 private:
  [[nodiscard]] bool is_open(const tcp::StreamView& stream) const {
    return stream.handle == stream.id.index() && stream.handle < open_.size() && open_[stream.handle];
  }
  std::vector<bool> open_;
};

void require_balance(const tcp::StreamCounters& c) { require(unaccounted(c) == 0); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kConnections = 4;
  GrammarCheck observer;
  const tcp::TcpLimits limits{kConnections, std::chrono::seconds(60), std::chrono::seconds(2), 2000, 5000};
  tcp::ConnectionTable table(limits, observer, 1);
  PacketTime now{std::chrono::seconds(1000)};
  ByteReader reader(Bytes(data, size));
  while (reader.remaining() >= 12) {
    const std::uint8_t who = reader.u8();
    tcp::SegmentView segment;
    const std::uint8_t raw[] = {10, 0, 0, 1};
    const Endpoint client{Address::from_ipv4(raw), static_cast<std::uint16_t>(who & 7)};
    const Endpoint server{Address::from_ipv4(raw), 514};
    segment.flow = (who & 8) ? Flow{server, client, Transport::tcp} : Flow{client, server, Transport::tcp};
    segment.flags = reader.u8();
    segment.seq = reader.u32be();
    segment.ack = reader.u32be();
    now += std::chrono::milliseconds(reader.u8() * 4);
    const std::uint8_t length = reader.u8();
    segment.payload = reader.take(std::min<std::size_t>(length & 0x7f, reader.remaining()));
    segment.missing_bytes = (length & 0x80) ? 5 : 0;
    table.add(segment, now);
    if (who & 16) table.advance(now + std::chrono::seconds(1));
    if (who & 32) table.reconsider();
    require_balance(table.counters());
    require(table.counters().connections_open.get() <= kConnections);
    require(table.counters().buffered.get() <= limits.reassembly_bytes);
  }
  table.finish(now);
  require_balance(table.counters());
  require(table.counters().buffered.get() == 0);
  require(table.counters().connections_open.get() == 0);
  observer.require_all_ended();
  return 0;
}
