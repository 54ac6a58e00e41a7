#include "tests/bench/tcp_load/scenarios.hpp"

#include <array>

#include "tests/bench/tcp_load/clients.hpp"

namespace logsniffd::bench {
namespace {

using tcp::kAck;
using tcp::kRst;
using tcp::kSyn;

void establish(Wire& wire, const Clients& clients, std::uint32_t i) {
  wire.send(clients.syn(i));
  wire.send(clients.syn_ack(i));
  wire.send(clients.bare(i, kAck, 0));
  wire.send(clients.line(i, 0));
}

void establish_all(Wire& wire, const Clients& clients, const Shape& shape) {
  for (std::uint32_t i = 0; i < shape.connections; ++i) establish(wire, clients, i);
  wire.opened();
}

// Every connection says a line in each round, and every second line is acknowledged (RFC 9293, 3.8.6.3).
template <class Order>
void say_lines(Wire& wire, const Clients& clients, const Shape& shape, Order order) {
  const std::uint64_t until = wire.sent() + shape.packets;
  for (std::uint32_t round = 1; wire.sent() < until; ++round) {
    for (std::uint32_t turn = 0; turn < shape.connections && wire.sent() < until; ++turn) {
      const std::uint32_t i = order(turn, round);
      wire.send(clients.line(i, round));
      if (round % 2 == 1) wire.send(clients.ack(i, round + 1));
    }
  }
}

void in_order(Wire& wire, const Shape& shape) {
  const Clients clients;
  establish_all(wire, clients, shape);
  say_lines(wire, clients, shape, Shuffle(shape.connections));
}

void in_order_in_turn(Wire& wire, const Shape& shape) {
  const Clients clients;
  establish_all(wire, clients, shape);
  say_lines(wire, clients, shape, [](std::uint32_t turn, std::uint32_t) { return turn; });
}

void colliding_keys(Wire& wire, const Shape& shape) {
  const Clients clients(colliding_flow);
  establish_all(wire, clients, shape);
  say_lines(wire, clients, shape, Shuffle(shape.connections));
}

void idle_established(Wire& wire, const Shape& shape) {
  const Clients clients;
  for (std::uint32_t i = 0; i < shape.connections; ++i) establish(wire, clients, i);
}

void syn_flood(Wire& wire, const Shape& shape) {
  const Clients clients;
  for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.syn(i));
}

void half_open(Wire& wire, const Shape& shape, std::uint32_t offset) {
  const Clients clients;
  for (std::uint32_t i = 0; i < shape.connections; ++i) {
    wire.send(clients.syn(i));
    wire.send(clients.piece(i, offset, 1));
  }
}

void half_open_one_byte(Wire& wire, const Shape& shape) { half_open(wire, shape, 0); }
void half_open_early_byte(Wire& wire, const Shape& shape) { half_open(wire, shape, 1); }

// If `hole` is 1, the first byte never comes. At the end nothing comes.
void full_segments_behind(Wire& wire, const Shape& shape, std::uint32_t hole) {
  const Clients clients;
  for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.syn(i));
  for (std::uint32_t at = 0; at < shape.bytes; at += Clients::kLargest) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.piece(i, at + hole, Clients::kLargest));
  }
  wire.silence(std::chrono::seconds(3));
}

void full_segments(Wire& wire, const Shape& shape) { full_segments_behind(wire, shape, 0); }
void hole_at_start(Wire& wire, const Shape& shape) { full_segments_behind(wire, shape, 1); }

void open_all(Wire& wire, const Clients& clients, const Shape& shape) {
  for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.syn(i));
  wire.opened();
}

void reverse_one_byte(Wire& wire, const Shape& shape) {
  const Clients clients;
  open_all(wire, clients, shape);
  for (std::uint32_t at = shape.bytes; at-- > 0;) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.piece(i, at, 1));
  }
}

// No two pieces are adjacent.
void every_other_byte(Wire& wire, const Shape& shape) {
  const Clients clients;
  open_all(wire, clients, shape);
  for (std::uint32_t at = 1; at < shape.bytes; at += 2) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.piece(i, at, 1));
  }
  wire.silence(std::chrono::seconds(3));
}

// Each segment repeats all held bytes except one.
void overlap_storm(Wire& wire, const Shape& shape) {
  const Clients clients;
  open_all(wire, clients, shape);
  for (std::uint32_t at = 1; at < shape.bytes; ++at) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.piece(i, at, Clients::kLargest));
  }
}

void overlap_storm_reverse(Wire& wire, const Shape& shape) {
  const Clients clients;
  open_all(wire, clients, shape);
  for (std::uint32_t at = shape.bytes; at > 0; --at) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.piece(i, at, Clients::kLargest));
  }
}

// Acknowledges more and more bytes that were never sent.
void ack_storm(Wire& wire, const Shape& shape) {
  const Clients clients;
  establish_all(wire, clients, shape);
  for (std::uint32_t round = 1; wire.measured().packets < shape.packets; ++round) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) wire.send(clients.ack(i, 1, round * 1000));
  }
}

// Five resets that do not fit, then one that does. Then the same endpoints begin again.
void reset_storm(Wire& wire, const Shape& shape) {
  constexpr std::uint32_t kFarAway = 0x4000'0000;
  constexpr std::uint32_t kApart = 0x0012'3457;
  const Clients clients;
  establish_all(wire, clients, shape);
  for (std::uint32_t round = 1; wire.measured().packets < shape.packets; ++round) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) {
      for (std::uint32_t wrong = 0; wrong < 5; ++wrong) {
        wire.send(clients.bare(i, kRst, kFarAway + (round + wrong) * kApart));
      }
      wire.send(clients.bare(i, kRst | kAck, (round - 1) * kApart + clients.offset_of(i, round == 1 ? 1 : 0)));
      wire.send(clients.bare(i, kSyn, round * kApart - 1));
    }
  }
}

// Each time a new connection between the same endpoints, with payload in its SYN and after it.
void syn_data_mix(Wire& wire, const Shape& shape) {
  constexpr std::uint32_t kApart = 0x0012'3457;
  constexpr std::uint32_t kPayload = 100;
  const Clients clients;
  for (std::uint32_t round = 0; wire.measured().packets < shape.packets; ++round) {
    for (std::uint32_t i = 0; i < shape.connections; ++i) {
      tcp::SegmentView syn = clients.piece(i, round * kApart - 1, kPayload);
      syn.flags = kSyn;
      wire.send(syn);
      wire.send(clients.piece(i, round * kApart + kPayload, kPayload));
    }
  }
}

constexpr std::uint64_t kCalm = 100'000;  // packets per second
constexpr std::uint64_t kFlood = 1'000'000;
constexpr std::uint64_t kTorrent = 10'000'000;

constexpr std::array kScenarios{
    Scenario{"in-order", "lines in order, the connections in random order", {1000, 3'000'000, 0, kCalm}, in_order},
    Scenario{
        "in-order-in-turn", "the same, each connection in its turn", {1000, 3'000'000, 0, kCalm}, in_order_in_turn},
    Scenario{"idle-established", "one line each, then nothing", {200'000, 0, 0, kCalm}, idle_established},
    Scenario{
        "colliding-keys", "in-order, keys that a plain hash confuses", {1000, 3'000'000, 0, kCalm}, colliding_keys},
    Scenario{"syn-flood", "one SYN each", {1'000'000, 0, 0, kFlood}, syn_flood},
    Scenario{"half-open-one-byte", "SYN and one byte each", {1'000'000, 0, 0, kFlood}, half_open_one_byte},
    Scenario{"half-open-early-byte", "SYN and the second byte", {1'000'000, 0, 0, kFlood}, half_open_early_byte},
    Scenario{
        "full-segments", "what hole-at-start sends, without the hole", {10'000, 0, 24 * 1024, kFlood}, full_segments},
    Scenario{"hole-at-start", "data behind one missing byte", {10'000, 0, 24 * 1024, kFlood}, hole_at_start},
    Scenario{"hole-flood", "the same, beyond limits.reassembly", {10'000, 0, 60 * 1024, kFlood}, hole_at_start},
    Scenario{"reverse-one-byte", "segments of one byte, last first", {100, 0, 16'000, kFlood}, reverse_one_byte},
    Scenario{"every-other-byte", "segments of one byte, never adjacent", {300, 0, 32'000, kTorrent}, every_other_byte},
    Scenario{"overlap-storm", "each repeats all but one byte of the last", {100, 0, 3000, kFlood}, overlap_storm},
    Scenario{"overlap-storm-reverse", "the same, backwards", {100, 0, 3000, kFlood}, overlap_storm_reverse},
    Scenario{"ack-storm", "acknowledgements of what nobody sent", {1000, 1'000'000, 0, kFlood}, ack_storm},
    Scenario{"reset-storm", "resets, wrong and right", {1000, 1'000'000, 0, kFlood}, reset_storm},
    Scenario{"syn-data-mix", "SYNs with payload over used endpoints", {1000, 1'000'000, 0, kFlood}, syn_data_mix},
};

}  // namespace

std::span<const Scenario> scenarios() { return kScenarios; }

}  // namespace logsniffd::bench
