// Segments that do not belong to any line: probes, urgent data, texts of resets, strays and forgeries.
#include <array>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::Packet;
using test::TcpConversation;
using test::TcpHeader;

FileBytes keep_alive() {
  using namespace std::string_view_literals;
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\n"));
  capture.ip(talk.server_acks());
  capture.ip(client_sends(talk, talk.client_seq() - 1, "\0"sv));  // one old byte, of any value (RFC 9293, 3.8.4)
  capture.ip(talk.server_acks());
  capture.ip(client_sends(talk, talk.client_seq() - 1, ""));  // or none
  capture.ip(client_sends(talk, talk.client_seq(), "b"));     // a zero-window probe: one new byte, sent again below
  capture.ip(talk.client_says("behind\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// The receiver has no room: the next line is offered one byte at a time, and refused (RFC 9293, 3.8.6.1).
FileBytes zero_window_probe() {
  Capture capture;
  TcpConversation talk = conversation();
  const auto server_says_window = [&talk](std::uint16_t window) {
    return from_server({.seq = talk.server_seq(), .ack = talk.client_seq(), .window = window});
  };
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first line\n"));
  capture.ip(server_says_window(0));
  for (const Duration timeout : {200ms, 400ms, 800ms}) {
    capture.pause(timeout);
    capture.ip(client_sends(talk, talk.client_seq(), "s"));
    capture.ip(server_says_window(0));
  }
  capture.pause(1s);
  capture.ip(server_says_window(65535));
  capture.ip(talk.client_says("second line\nthird line\n"));
  capture.ip(talk.server_acks());
  capture.ip(talk.close());
  return capture.bytes();
}

// The packet builder sets the urgent pointer to 0. This sets it, and updates the checksum (RFC 1624).
Packet with_urgent_pointer(Packet packet, std::uint16_t pointer) {
  constexpr std::size_t kIpHeader = 20;
  constexpr std::size_t kChecksumAt = kIpHeader + 16;
  constexpr std::size_t kPointerAt = kIpHeader + 18;
  const auto word_at = [&packet](std::size_t at) { return unsigned{packet[at]} << 8 | packet[at + 1]; };
  const auto set_word_at = [&packet](std::size_t at, unsigned word) {
    packet[at] = static_cast<std::uint8_t>(word >> 8);
    packet[at + 1] = static_cast<std::uint8_t>(word);
  };
  unsigned sum = (~word_at(kChecksumAt) & 0xffffU) + pointer;
  sum = (sum & 0xffffU) + (sum >> 16);
  set_word_at(kPointerAt, pointer);
  set_word_at(kChecksumAt, ~sum & 0xffffU);
  return packet;
}

FileBytes urgent_data_in_line() {
  Capture capture;
  TcpConversation talk = conversation();
  // The pointer is the offset of the byte after the urgent data (RFC 6093, 4).
  const auto says_urgently = [&](std::string_view payload, std::uint16_t pointer) {
    const TcpHeader header{.seq = talk.client_seq(), .ack = talk.server_seq(), .flags = "PAU"};
    talk.skip_client_bytes(static_cast<std::uint32_t>(payload.size()));
    capture.ip(with_urgent_pointer(from_client(header, payload), pointer));
  };
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\n"));
  says_urgently("an urgent ! among others\n", 11);
  capture.ip(talk.client_says("an urgent "));
  says_urgently("!", 1);
  capture.ip(talk.client_says(" alone in its segment\n"));
  says_urgently("urgent data announced, ", 38);  // it ends in the next segment
  says_urgently("and sent later!\n", 15);
  capture.ip(with_urgent_pointer(talk.client_says("a pointer without the flag means nothing\n"), 7));
  capture.ip(talk.server_acks());
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes reset_outside_window() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before the reset\nhalf of "));
  capture.ip(from_client({.seq = talk.client_seq() + 0x2000'0000, .flags = "R"}));
  capture.ip(from_server({.seq = talk.server_seq() - 5000, .flags = "R"}));
  capture.ip(talk.client_says("a line\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// The text of a RST tells people why (RFC 9293, 3.5.3). In one connection the receiver resets, in the other the sender.
FileBytes reset_with_data() {
  Capture capture;
  TcpConversation by_server = conversation();
  capture.ip(by_server.handshake());
  capture.ip(by_server.client_says("first\nhalf a"));
  capture.ip(from_server({.seq = by_server.server_seq(), .ack = by_server.client_seq(), .flags = "RA"},
                         "go away: the queue is full\n"));
  TcpConversation by_client = conversation(kSecond);
  capture.ip(by_client.handshake());
  capture.ip(by_client.client_says("second\nhalf b"));
  capture.ip(from_client({.seq = by_client.client_seq(), .ack = by_client.server_seq(), .flags = "RA"},
                         " not part of the line\n", kSecond));
  return capture.bytes();
}

// One segment 16 MiB ahead: no receiver acknowledges it, and no other one follows it.
FileBytes far_segment_ignored() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  capture.ip(talk.server_acks());
  capture.ip(client_sends(talk, talk.client_seq() + (16U << 20), "a stray far ahead\n"));
  capture.ip(talk.client_says("second, "));
  capture.pause(2100ms);  // hole_wait is 2 s
  capture.ip(talk.client_says("its end\n"));
  capture.ip(talk.server_acks());
  capture.pause(2100ms);
  capture.ip(talk.client_says("third\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

}  // namespace

std::span<const Condition> odd_segment_conditions() {
  static constexpr std::array kConditions{
      Condition{"keep-alive", keep_alive},
      Condition{"zero-window-probe", zero_window_probe},
      Condition{"urgent-data-in-line", urgent_data_in_line},
      Condition{"reset-outside-window", reset_outside_window},
      Condition{"reset-with-data", reset_with_data},
      Condition{"far-segment-ignored", far_segment_ignored},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
