#include "daemon/learn/listener.hpp"

#include <algorithm>

#include "daemon/filter/filter_table.hpp"
#include "daemon/framing/datagram_framer.hpp"
#include "daemon/framing/record_start.hpp"
#include "daemon/framing/trace_line.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "daemon/tcp/flow_key.hpp"

namespace logsniffd::learn {
namespace {

constexpr std::uint16_t kFirstUnprivileged = 1024;
constexpr std::uint16_t kFirstEphemeral = 32'768;  // of Linux; others begin at 49,152
constexpr std::uint16_t kSyslog = 514;
constexpr std::uint64_t kMaxChunkedMessages = 4096;
constexpr framing::FramingOptions kAutomatic;

// How much the counters of one call have grown.
template <std::size_t N>
std::array<std::uint64_t, N> values_of(const std::array<Counter, N>& counters) {
  std::array<std::uint64_t, N> values;
  std::transform(counters.begin(), counters.end(), values.begin(),
                 [](const Counter& counter) { return counter.get(); });
  return values;
}

template <std::size_t N>
void add_growth(const std::array<Counter, N>& now, const std::array<std::uint64_t, N>& before,
                std::array<std::uint64_t, N>& sum) {
  for (std::size_t i = 0; i < N; ++i) sum[i] += now[i].get() - before[i];
}

// Nullopt: the numbers do not show it.
std::optional<bool> is_to_server_by_number(std::uint16_t src, std::uint16_t dst) {
  // Syslog is also sent from its own port.
  if (src == kSyslog || src == dst) return true;
  for (const std::uint16_t limit : {kFirstUnprivileged, kFirstEphemeral}) {
    if ((src < limit) != (dst < limit)) return dst < limit;
  }
  return std::nullopt;
}

// Text in an 8-bit encoding such as Latin-1: no control characters, and at least two thirds ASCII.
bool looks_like_8_bit_text(std::string_view text) {
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n' && byte != 0x1b) ||
           (byte >= 0x7f && byte < 0xa0);
  };
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return std::none_of(text.begin(), text.end(), is_control) &&
         3 * static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_ascii)) >= 2 * text.size();
}

bool begins_like_a_record(std::string_view line) {
  return line.starts_with('<') || framing::record_start(line) != framing::RecordStart::none;
}

}  // namespace

// Takes the frames of one call of a framer.
class Listener::Frames final : public framing::FrameObserver {
 public:
  Frames(Listener& listener, const Place& place, const Flow& flow) : listener_(listener), place_(place), flow_(flow) {}

  void on_frame(Bytes frame, Integrity) override { listener_.on_frame(place_, flow_, frame); }

 private:
  Listener& listener_;
  Place place_;
  const Flow& flow_;
};

Listener::Listener(const ListenerLimits& limits, std::uint64_t hash_secret)
    : clock_(pipeline::kSlack),
      packets_(limits.packets, interfaces_, *this, hash_secret),
      framing_{limits.framing, {}},
      chunks_({limits.packets.fragments.bytes, kMaxChunkedMessages}),
      decoder_(limits.framing.record_bytes, hash_secret) {}

void Listener::on_packet(const capture::RawPacket& packet) {
  now_ = clock_.at(packet.captured_at);
  if (!first_packet_at_) first_packet_at_ = now_;
  last_packet_at_ = std::max(last_packet_at_, now_);
  end_silences(now_);
  survey_.on_packet(packet);
  packets_.decode({&packet, 1});
  packets_.add(packet, 0, now_);
}

void Listener::idle(PacketTime now) {
  now_ = clock_.at(now);
  packets_.advance(now_);
  end_silences(now_);
  chunks_.expire(now_);
}

Findings Listener::finish() {
  packets_.finish(now_);
  Findings found;
  found.packets = survey_.packets();
  found.unfollowed = unfollowed_;
  if (first_packet_at_) found.seconds = std::chrono::duration<double>(last_packet_at_ - *first_packet_at_).count();
  for (PortFindings& port : ports_) {
    const auto seen = survey_.ports().find({port.transport, port.port});
    if (seen != survey_.ports().end()) {
      port.answered = seen->second.from.packets > 0;
      port.server_name = seen->second.server_name;
    }
    found.ports.push_back(std::move(port));
  }
  std::sort(found.ports.begin(), found.ports.end(), [](const PortFindings& a, const PortFindings& b) {
    return std::tie(a.transport, a.port) < std::tie(b.transport, b.port);
  });
  return found;
}

bool Listener::is_to_server(const Flow& flow) {
  const auto syns = [&](const Endpoint& end) {
    const auto found = survey_.ports().find({flow.transport, end.port});
    return found == survey_.ports().end() ? 0 : found->second.syns;
  };
  const std::uint64_t to_src = syns(flow.src);
  const std::uint64_t to_dst = syns(flow.dst);
  if ((to_src > 0) != (to_dst > 0)) return to_dst > 0;
  if (const auto known = is_to_server_by_number(flow.src.port, flow.dst.port)) return *known;
  return decide_by_first(flow);
}

// Both directions get the same answer, whichever comes first.
bool Listener::decide_by_first(const Flow& flow) {
  const auto [key, direction] = tcp::key_of(flow);
  const Ends ends{key.addresses, std::uint64_t{key.ports} << 1 | (flow.transport == Transport::udp ? 1 : 0)};
  if (const auto found = decided_.find(ends); found != decided_.end()) return found->second == direction;
  const auto packets = [&](const Endpoint& end) {
    const auto found = survey_.ports().find({flow.transport, end.port});
    return found == survey_.ports().end() ? 0 : found->second.packets();
  };
  const bool to_server = packets(flow.dst) >= packets(flow.src);
  if (decided_.size() < kMaxRemembered) {
    decided_.emplace(ends, to_server ? direction : static_cast<std::uint8_t>(1 - direction));
  }
  return to_server;
}

std::optional<Listener::Place> Listener::place_of(const Flow& flow) {
  const bool to_server = is_to_server(flow);
  const std::uint16_t number = to_server ? flow.dst.port : flow.src.port;
  PortFindings*& port = by_number_[{flow.transport, number}];
  if (port == nullptr) {
    if (ports_.size() >= kMaxPorts) {
      by_number_.erase({flow.transport, number});
      ++unfollowed_;
      return std::nullopt;
    }
    port = &ports_.emplace_back();
    port->transport = flow.transport;
    port->port = number;
  }
  if (to_server && port->senders.size() < kMaxSenders) port->senders.insert(flow.src.address);
  return Place{port, to_server ? &port->to : &port->from};
}

void Listener::on_datagram(const packet_path::SeenDatagram& datagram) {
  if (datagram.payload.empty()) return;
  const auto place = place_of(datagram.flow);
  if (!place) return;
  Side& side = *place->side;
  ++side.datagrams;
  side.bytes += datagram.payload.size();
  if (datagram.cut_short) ++side.cut_datagrams;
  const Opening opening{datagram.payload, Transport::udp, place->port->port, place->side == &place->port->from};
  ++side.recognized[static_cast<std::size_t>(recognize(opening))];
  Bytes payload = datagram.payload;
  bool cut_short = datagram.cut_short;
  if (framing::is_gelf_chunk(payload)) {
    ++side.chunks;
    const auto whole = chunks_.add(datagram.flow, payload, cut_short, datagram.seen_at);
    if (!whole) return;
    payload = *whole;
    cut_short = false;
  }
  note_lines(side, payload);
  Frames frames(*this, *place, datagram.flow);
  framing::frame_datagram(framing_, kAutomatic, payload, cut_short, frames);
}

void Listener::note_lines(Side& side, Bytes payload) const {
  std::string_view text = as_text(payload);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '\0')) text.remove_suffix(1);
  std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !filter::looks_like_text(text)) return;
  bool records = begins_like_a_record(text);
  for (; records && end != std::string_view::npos; end = text.find('\n')) {
    text.remove_prefix(end + 1);
    records = begins_like_a_record(text);
  }
  ++(records ? side.datagrams_of_records : side.datagrams_of_lines);
}

std::optional<tcp::StreamHandle> Listener::on_open(tcp::StreamId, const Flow& flow, tcp::StreamStart start) {
  const auto place = place_of(flow);
  if (!place) return std::nullopt;
  const bool late = start == tcp::StreamStart::mid_stream;
  const tcp::StreamHandle handle = streams_.acquire();
  Stream& stream = streams_[handle];
  stream = {};
  stream.framer.emplace(kAutomatic, late);
  stream.port = place->port;
  stream.side = place->side;
  ++place->side->streams;
  if (late) ++place->side->joined_late;
  return handle;
}

template <class Call>
void Listener::frame(const tcp::StreamView& view, Call call) {
  Stream& stream = streams_[view.handle];
  const auto proved = values_of(framing_.counters.decided);
  const auto foreign = values_of(framing_.counters.foreign);
  const Flow flow = view.flow();
  Frames frames(*this, {stream.port, stream.side}, flow);
  call(*stream.framer, frames);
  add_growth(framing_.counters.decided, proved, stream.side->proved);
  add_growth(framing_.counters.foreign, foreign, stream.side->foreign);
}

void Listener::on_bytes(const tcp::StreamView& view, Bytes bytes, PacketTime seen_at) {
  Stream& stream = streams_[view.handle];
  stream.side->bytes += bytes.size();
  stream.last_bytes_at = seen_at;
  if (!std::exchange(stream.begun, true)) {
    const Opening opening{bytes, Transport::tcp, stream.port->port, stream.side == &stream.port->from};
    ++stream.side->recognized[static_cast<std::size_t>(recognize(opening))];
  }
  frame(view, [&](auto& framer, auto& frames) { framer.bytes(framing_, kAutomatic, bytes, frames); });
  if (stream.framer->waits_for_quiet()) {
    silent_.wait(stream.silent_place, view.id, seen_at);
  } else {
    silent_.leave(stream.silent_place);
  }
}

void Listener::on_gap(const tcp::StreamView& view, std::uint64_t missing_bytes, PacketTime) {
  streams_[view.handle].side->missing_bytes += missing_bytes;
  frame(view, [&](auto& framer, auto& frames) { framer.gap(framing_, kAutomatic, frames); });
}

void Listener::on_end(const tcp::StreamView& view, tcp::StreamEnd, PacketTime) {
  Stream& stream = streams_[view.handle];
  frame(view, [&](auto& framer, auto& frames) { framer.end(framing_, kAutomatic, frames); });
  silent_.leave(stream.silent_place);
  stream.framer.reset();
  streams_.release(view.handle);
}

// Gives out what a stream held that has been silent for long. Bytes behind a hole are not silence.
void Listener::end_silences(PacketTime now) {
  while (const auto id = silent_.due(now)) {
    const tcp::StreamView view = packets_.streams().view(*id);
    Stream& stream = streams_[view.handle];
    if (packets_.streams().holds_bytes(*id)) {
      silent_.wait(stream.silent_place, *id, now);
      continue;
    }
    silent_.leave(stream.silent_place);
    frame(view, [&](auto& framer, auto& frames) { framer.quiet(framing_, kAutomatic, frames); });
  }
}

void Listener::on_frame(const Place& place, const Flow& flow, Bytes frame) {
  Side& side = *place.side;
  const auto decoded = values_of(decoder_.counters().decoded);
  record_.flow = flow;
  record_.captured_at = now_;
  record_.integrity = Integrity::whole;
  decoder_.decode(record::Decode::automatic, frame, record_, now_);
  add_growth(decoder_.counters().decoded, decoded, side.decoded);
  ++side.records;
  if (frame.empty()) ++side.empty_records;
  if (!filter::looks_like_text(record_.message) && !looks_like_8_bit_text(record_.message)) return;
  ++side.text_records;
  const std::string_view text = as_text(frame);
  const auto plain = static_cast<std::size_t>(record::Decode::plain);
  if (!text.empty() && decoder_.counters().decoded[plain].get() > decoded[plain]) {
    const framing::TraceLine kind = framing::trace_line(text);
    if (kind == framing::TraceLine::indented) ++side.indented_lines;
    if (kind == framing::TraceLine::frame || kind == framing::TraceLine::from || kind == framing::TraceLine::link ||
        kind == framing::TraceLine::traceback || kind == framing::TraceLine::numbered_frame ||
        kind == framing::TraceLine::goroutine) {
      ++side.trace_lines;
    }
  }
  if (place.side != &place.port->to) return;
  const bool readable = filter::looks_like_text(text) || looks_like_8_bit_text(text);
  const std::string_view sample = (readable ? text : record_.message).substr(0, kSampleBytes);
  if (place.port->sample.empty()) place.port->sample.assign(sample);
  if (place.port->sample == sample) ++side.repeated;
}

}  // namespace logsniffd::learn
