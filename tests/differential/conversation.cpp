#include "tests/differential/conversation.hpp"

#include <algorithm>

namespace logsniffd::differential {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kClient = 0;
constexpr std::size_t kServer = 1;
constexpr std::size_t kLargestMessage = 6000;
constexpr std::size_t kLargestSegment = 700;

Endpoint endpoint_of(bool ipv6, std::size_t side, unsigned number) {
  const std::string port = side == kClient ? std::to_string(40000 + number % 20000) : "9988";
  const std::string host = std::to_string(1 + number / 200 % 200);
  const std::string last = std::to_string(1 + number % 200);
  if (ipv6) return test::endpoint("[2001:db8::" + host + ":" + std::to_string(side) + ":" + last + "]:" + port);
  return test::endpoint("10." + std::to_string(side) + "." + host + "." + last + ":" + port);
}

}  // namespace

Conversation::Conversation(const Traits& traits, std::uint64_t seed, unsigned number, PacketTime begin)
    : traits_(traits), seed_(seed), random_(seed), now_(begin) {
  for (const std::size_t side : {kClient, kServer}) {
    sides_[side].at = endpoint_of(traits.ipv6, side, number);
  }
}

std::vector<CapturedPacket> Conversation::run() {
  for (int i = 0; i < traits_.incarnations; ++i) {
    connect();
    pause(seconds(4));
  }
  std::stable_sort(packets_.begin(), packets_.end(),
                   [](const CapturedPacket& a, const CapturedPacket& b) { return a.at < b.at; });
  return std::move(packets_);
}

void Conversation::connect() {
  for (Side& side : sides_) {
    // Not 2^32 - 1: see "first byte at 0" in differences.toml.
    const auto isn = traits_.near_wrap ? 0xffff'fffeU - random_.below(5000) : random_.below(0xffff'ffffU);
    side = {.at = side.at, .isn = static_cast<std::uint32_t>(isn)};
  }
  skew_ = traits_.late_handshake ? traits_.queue_skew : Duration::zero();
  open();
  if (!traits_.data_first) now_ += traits_.queue_skew;
  skew_ = traits_.queue_skew;
  const std::uint64_t exchanges = 2 + random_.below(4);
  for (std::uint64_t i = 0; i < exchanges; ++i) {
    const std::size_t speaker = random_.below(2);
    if (traits_.keep_alives && (i > 0 || traits_.quiet_first)) keep_alive(speaker);
    if (traits_.zero_windows) probe_closed_window(speaker);
    exchange(random_.below(kLargestMessage), random_.below(kLargestMessage), i + 1 == exchanges);
    pause(milliseconds(300));
  }
  close();
}

void Conversation::open() {
  if (traits_.opening == Opening::mid_stream) return;
  Side& client = sides_[kClient];
  std::string early;
  if (traits_.opening != Opening::handshake) early = text(kClient, 0, 1 + random_.below(kLargestSegment));
  emit(kClient, "S", client.isn, early);
  if (random_.chance(100)) {  // sent again, because the answer took too long
    pause(seconds(1));
    emit(kClient, "S", client.isn, early);
  }
  if (traits_.opening == Opening::fast_open) {
    receive(kServer, 0, early.size());
    client.written = client.sent = early.size();
  }
  emit(kServer, "SA", sides_[kServer].isn, "");
  acknowledge(kClient);
}

void Conversation::exchange(std::size_t from_client, std::size_t from_server, bool last) {
  const std::array<std::vector<Outgoing>, 2> queues{outgoing(kClient, from_client), outgoing(kServer, from_server)};
  std::array<std::size_t, 2> next{};
  while (next[kClient] < queues[kClient].size() || next[kServer] < queues[kServer].size()) {
    std::size_t from = random_.below(2);
    if (next[from] == queues[from].size()) from = 1 - from;
    const Outgoing& segment = queues[from][next[from]++];
    const bool is_last = next[from] == queues[from].size();
    send(from, segment, captured() && !(traits_.last_lost && last && is_last));
    if (is_last || random_.chance(600)) acknowledge(1 - from);
  }
}

// The next `size` bytes of a side, in the order in which they pass the capture.
std::vector<Conversation::Outgoing> Conversation::outgoing(std::size_t from, std::size_t size) {
  Side& side = sides_[from];
  const test::ShufflePlan plan{.first_seq = seq_of(from, side.written),
                               .largest = kLargestSegment,
                               .window = traits_.window,
                               .duplicated = traits_.duplicated,
                               .overlapping = traits_.overlapping};
  std::vector<Outgoing> first;
  std::vector<Outgoing> again;
  for (test::StreamPiece piece : random_.shuffle(size, plan).pieces) {
    piece.offset += side.written;
    if (!random_.chance(traits_.resent)) {
      first.push_back({piece});
      continue;
    }
    if (random_.chance(500)) first.push_back({.piece = piece, .arrives = false});  // lost after the capture
    again.push_back({.piece = piece, .after_timeout = true});
  }
  first.insert(first.end(), again.begin(), again.end());
  side.written += size;
  return first;
}

void Conversation::send(std::size_t from, const Outgoing& outgoing, bool captured) {
  const test::StreamPiece& piece = outgoing.piece;
  if (outgoing.after_timeout) pause(seconds(1));
  sides_[from].sent = std::max(sides_[from].sent, piece.offset + piece.size);
  emit(from, "PA", piece.seq, text(from, piece.offset, piece.size), captured);
  if (outgoing.arrives) receive(1 - from, piece.offset, piece.size);
}

void Conversation::acknowledge(std::size_t from, std::uint16_t window) {
  emit(from, "A", seq_of(from, sides_[from].sent), "", true, window);
}

// RFC 9293, 3.8.4: the number before the next one, with one old byte or none.
void Conversation::keep_alive(std::size_t from) {
  pause(seconds(75));
  const std::uint32_t next = seq_of(from, sides_[from].sent);
  emit(from, "A", next - 1, random_.chance(500) ? std::string_view("\0", 1) : std::string_view());
  acknowledge(1 - from);
}

// RFC 9293, 3.8.6.1: the next byte is offered, and refused until the window opens.
void Conversation::probe_closed_window(std::size_t from) {
  acknowledge(1 - from, 0);
  const std::size_t next = sides_[from].sent;
  for (std::uint64_t probes = 1 + random_.below(3); probes > 0; --probes) {
    pause(seconds(2));
    emit(from, "A", seq_of(from, next), text(from, next, 1));
    acknowledge(1 - from, 0);
  }
  pause(seconds(1));
  acknowledge(1 - from);
}

void Conversation::close() {
  const std::size_t first = random_.below(2);
  const auto next = [&] { return seq_of(first, sides_[first].sent); };
  switch (traits_.closing) {
    case Closing::none:
      return;
    case Closing::reset:
      return emit(first, "RA", next(), "");
    case Closing::reset_with_text:
      return emit(first, "RA", next(), "no such service");
    case Closing::both_at_once:
      emit(first, "FA", next(), "", fin_is_captured());
      send_fin(1 - first, false);
      sides_[1 - first].fin_received = true;
      break;
    case Closing::fin:
    case Closing::fin_with_data:
      send_fin(first, traits_.closing == Closing::fin_with_data);
      acknowledge(1 - first);
      pause(milliseconds(20));
      send_fin(1 - first, traits_.closing == Closing::fin_with_data);
      break;
  }
  for (const std::size_t side : {first, 1 - first}) {
    emit(side, "A", seq_of(side, sides_[side].sent) + 1, "");
  }
}

void Conversation::send_fin(std::size_t from, bool with_data) {
  Side& side = sides_[from];
  const std::size_t size = with_data ? 1 + random_.below(kLargestSegment) : 0;
  emit(from, size > 0 ? "FPA" : "FA", seq_of(from, side.sent), text(from, side.sent, size), fin_is_captured());
  receive(1 - from, side.sent, size);
  side.sent = side.written += size;
  sides_[1 - from].fin_received = true;
}

void Conversation::receive(std::size_t to, std::size_t offset, std::size_t size) {
  Side& side = sides_[to];
  std::size_t& end = side.received_early[offset];
  end = std::max(end, offset + size);
  while (!side.received_early.empty() && side.received_early.begin()->first <= side.received) {
    side.received = std::max(side.received, side.received_early.begin()->second);
    side.received_early.erase(side.received_early.begin());
  }
}

void Conversation::emit(std::size_t from, std::string_view flags, std::uint32_t seq, std::string_view payload,
                        bool captured, std::uint16_t window) {
  const Side& src = sides_[from];
  const Side& dst = sides_[1 - from];
  now_ += microseconds(20 + random_.below(400));
  if (!captured || (traits_.one_direction && from == kServer)) return;
  std::uint32_t ack = 0;
  if (flags.find('A') != std::string_view::npos) {
    ack = seq_of(1 - from, src.received) + (src.fin_received ? 1U : 0U);
  }
  const auto late = Duration(random_.below(static_cast<std::uint64_t>(skew_.count()) + 1));
  packets_.push_back(
      {now_ + late,
       test::ethernet(
           test::tcp_packet(src.at, dst.at, {.seq = seq, .ack = ack, .flags = flags, .window = window}, payload),
           traits_.vlans)});
}

std::uint32_t Conversation::seq_of(std::size_t from, std::size_t offset) const {
  return sides_[from].isn + 1 + static_cast<std::uint32_t>(offset);
}

// The bytes depend only on the offset, however often they are sent. Every connection and side has different bytes.
std::string Conversation::text(std::size_t from, std::size_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    std::uint64_t mixed = seed_ + sides_[from].isn + (offset + i) * 0x9e37'79b9'7f4a'7c15ULL;
    mixed = (mixed ^ (mixed >> 29)) * 0xbf58'476d'1ce4'e5b9ULL;
    bytes[i] = static_cast<char>(mixed >> 56);
  }
  return bytes;
}

void Conversation::pause(Duration at_most) {
  now_ += at_most / 4 + Duration(random_.below(static_cast<std::uint64_t>(at_most.count())));
}

}  // namespace logsniffd::differential
