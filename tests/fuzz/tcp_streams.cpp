// Drives the connection table through its public interface: the input is a list of segments and pauses. The grammar of
// the events, the ledger and the limits must hold for every input. A second table gets the same segments in bursts, as
// from a file, and must tell the same.
#include <cstdint>
#include <cstdlib>
#include <string>
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
    note('o', id.index());
    open_[id.index()] = true;
    return static_cast<tcp::StreamHandle>(id.index());
  }
  void on_bytes(const tcp::StreamView& stream, Bytes bytes, PacketTime) override {
    require(is_open(stream) && !bytes.empty());
    note('b', stream.id.index());
    events_.append(as_text(bytes));
  }
  void on_gap(const tcp::StreamView& stream, std::uint64_t missing, PacketTime) override {
    require(is_open(stream));
    note('g', stream.id.index());
    note('m', missing);
  }
  void on_end(const tcp::StreamView& stream, tcp::StreamEnd end, PacketTime) override {
    require(is_open(stream));
    open_[stream.handle] = false;
    note('e', stream.id.index());
    note('w', static_cast<std::uint64_t>(end));
  }
  [[nodiscard]] const std::string& events() const { return events_; }
  void require_all_ended() const {
    for (const bool open : open_) require(!open);
  }

 private:
  void note(char what, std::uint64_t value) { events_.append(1, what).append(std::to_string(value)); }
  [[nodiscard]] bool is_open(const tcp::StreamView& stream) const {
    return stream.handle == stream.id.index() && stream.handle < open_.size() && open_[stream.handle];
  }
  std::vector<bool> open_;
  std::string events_;
};

void require_balance(const tcp::StreamCounters& c) { require(unaccounted(c) == 0); }

struct Arrival {
  tcp::SegmentView segment;
  PacketTime at;
};

// As PacketPath does it.
void add_burst(tcp::ConnectionTable& table, std::vector<Arrival>& burst) {
  std::vector<tcp::ConnectionTable::Place> places;
  for (const Arrival& arrival : burst) places.push_back(table.place_of(arrival.segment));
  for (const auto& place : places) table.fetch_place(place);
  for (auto& place : places) table.fetch_connection(place);
  for (const auto& place : places) table.fetch_stream(place);
  for (std::size_t i = 0; i < burst.size(); ++i) table.add(burst[i].segment, places[i], burst[i].at);
  burst.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kConnections = 4;
  GrammarCheck observer;
  const tcp::TcpLimits limits{kConnections, std::chrono::seconds(60), std::chrono::seconds(2), 2000, 5000};
  tcp::ConnectionTable table(limits, observer, 1);
  constexpr std::size_t kBurst = 5;
  GrammarCheck burst_observer;
  tcp::ConnectionTable burst_table(limits, burst_observer, 1);
  std::vector<Arrival> burst;
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
    burst.push_back({segment, now});
    if (burst.size() == kBurst || (who & 48) != 0) {
      add_burst(burst_table, burst);
      require(burst_observer.events() == observer.events());
    }
    for (tcp::ConnectionTable* each : {&table, &burst_table}) {
      if (who & 16) each->advance(now + std::chrono::seconds(1));
      if (who & 32) each->reconsider();
    }
    require_balance(table.counters());
    require(table.counters().connections_open.get() <= kConnections);
    require(table.counters().buffered.get() <= limits.reassembly_bytes);
  }
  table.finish(now);
  add_burst(burst_table, burst);
  burst_table.finish(now);
  require(burst_observer.events() == observer.events());
  require_balance(table.counters());
  require(table.counters().buffered.get() == 0);
  require(table.counters().connections_open.get() == 0);
  observer.require_all_ended();
  return 0;
}
