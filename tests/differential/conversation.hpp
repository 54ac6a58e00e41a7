// Two hosts that speak TCP with each other, and what a capture between them sees.
//
// The hosts behave as real ones: a receiver acknowledges cumulatively what it got, and a sender repeats what was lost
// on the way to the receiver. The capture may lose packets that both hosts saw, or show them in another order. The
// result depends only on the seed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/packet_builder.hpp"
#include "tests/support/segment_shuffler.hpp"

namespace logsniffd::differential {

enum class Opening { handshake, fast_open, fast_open_refused, mid_stream };
enum class Closing { fin, fin_with_data, both_at_once, reset, reset_with_text, none };

// The traits of a scenario. The default has no disturbance.
struct Traits {
  Opening opening = Opening::handshake;
  Closing closing = Closing::fin;
  std::size_t window = 0;  // ShufflePlan: how the network reorders
  unsigned duplicated = 0;
  unsigned overlapping = 0;
  unsigned resent = 0;          // of 1000 segments: lost between the hosts, and sent again after a timeout
  unsigned capture_loses = 0;   // of 1000 packets with payload
  unsigned loses_fins = 0;      // of 1000 FINs
  bool last_lost = false;       // the capture loses the last bytes of each side
  Duration queue_skew{};        // the capture shows each packet late by up to this much, at random...
  bool late_handshake = false;  // ... also the packets of the handshake,
  bool data_first = false;      // ... and so late that data comes before them
  bool near_wrap = false;       // sequence numbers pass 2^32
  bool one_direction = false;   // the capture sees only the client's packets
  bool quiet_first = false;     // keep-alives already before the first data
  bool keep_alives = false;
  bool zero_windows = false;
  int incarnations = 1;  // connections one after the other on the same addresses and ports
  bool ipv6 = false;
  std::vector<std::uint16_t> vlans{};
};

struct CapturedPacket {
  PacketTime at;
  test::Packet frame;
};

class Conversation {
 public:
  // `number` determines the addresses. Conversations of one file need different numbers.
  Conversation(const Traits& traits, std::uint64_t seed, unsigned number, PacketTime begin);

  // Runs the whole conversation. REQUIRED: called once.
  [[nodiscard]] std::vector<CapturedPacket> run();

 private:
  struct Side {
    Endpoint at;
    std::uint32_t isn = 0;
    std::size_t written = 0;                              // by the application
    std::size_t sent = 0;                                 // the end of what was on the wire
    std::size_t received = 0;                             // of the other side: everything before this, in order
    std::map<std::size_t, std::size_t> received_early{};  // from and to, after a hole
    bool fin_received = false;
  };
  struct Outgoing {
    test::StreamPiece piece;
    bool arrives = true;         // false: lost between the capture and the receiver
    bool after_timeout = false;  // sent again
  };

  void connect();
  void open();
  void exchange(std::size_t from_client, std::size_t from_server, bool last);
  [[nodiscard]] std::vector<Outgoing> outgoing(std::size_t from, std::size_t size);
  void send(std::size_t from, const Outgoing& outgoing, bool captured);
  void acknowledge(std::size_t from, std::uint16_t window = 65535);
  void keep_alive(std::size_t from);
  void probe_closed_window(std::size_t from);
  void close();
  void send_fin(std::size_t from, bool with_data);
  void receive(std::size_t to, std::size_t offset, std::size_t size);

  // Sends one packet of `from`, with its current acknowledgement.
  void emit(std::size_t from, std::string_view flags, std::uint32_t seq, std::string_view payload, bool captured = true,
            std::uint16_t window = 65535);
  [[nodiscard]] std::uint32_t seq_of(std::size_t from, std::size_t offset) const;
  [[nodiscard]] std::string text(std::size_t from, std::size_t offset, std::size_t size) const;
  [[nodiscard]] bool captured() { return !random_.chance(traits_.capture_loses); }
  [[nodiscard]] bool fin_is_captured() { return !random_.chance(traits_.loses_fins); }
  void pause(Duration at_most);

  Traits traits_;
  std::uint64_t seed_;
  test::SegmentShuffler random_;
  PacketTime now_;
  Duration skew_{};            // traits_.queue_skew, as soon as it applies
  std::array<Side, 2> sides_;  // the client, the server
  std::vector<CapturedPacket> packets_;
};

}  // namespace logsniffd::differential
