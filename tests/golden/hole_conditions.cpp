// Segments that never come, or come too late: holes in a running stream, and how they are given up.
#include <array>
#include <string>

#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::Packet;
using test::TcpConversation;

FileBytes hole_given_up() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\nhalf a"));
  talk.skip_client_bytes(100);
  capture.ip(talk.client_says("tail of a line\nbehind\n"));
  capture.pause(1900ms);  // hole_wait is 2 s
  capture.ip(talk.client_says("held too\n"));
  capture.pause(200ms);
  capture.ip(talk.client_says("later\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// The clock is set back by an hour while the hole waits.
FileBytes clock_steps_back() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\nhalf a"));
  talk.skip_client_bytes(100);
  capture.ip(talk.client_says("tail of a line\nbehind\n"));
  capture.pause(-1h);
  capture.ip(talk.client_says("held too\n"));
  capture.pause(2100ms);  // hole_wait is 2 s
  capture.ip(talk.client_says("later\n"));
  capture.ip(test::udp_packet(test::endpoint(kClient), test::endpoint(kServer), "beside"));
  capture.ip(talk.close());
  return capture.bytes();
}

// One receiver acknowledges data that the capture never saw, another one data that it sees a moment later.
FileBytes acknowledged_hole() {
  Capture capture;
  TcpConversation lossy = conversation(kSecond);
  capture.ip(lossy.handshake());
  capture.ip(lossy.client_says("lossy: first\n"));
  const Packet too_late = lossy.client_says("lossy: too late\n");
  capture.ip(lossy.client_says("lossy: third\n"));
  capture.ip(lossy.server_acks());
  capture.pause(100ms);  // twice the grace period, much less than hole_wait
  capture.ip(too_late);
  capture.ip(lossy.close());

  TcpConversation early = conversation(kThird);
  capture.ip(early.handshake());
  const Packet overtaken = early.client_says("early: overtaken\n");
  capture.ip(early.server_acks());
  capture.pause(10ms);
  capture.ip(overtaken);
  capture.ip(early.close());
  return capture.bytes();
}

// limits.per_connection is 4 KiB, and each segment has more than 1.5 KiB: the third exceeds the limit.
FileBytes hole_given_up_at_limit() {
  const std::string filler = "filler " + std::string(1500, '.') + "\n";
  Capture capture;
  TcpConversation talk = conversation();
  TcpConversation other = conversation(kSecond);
  capture.ip(other.handshake());
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\nhalf a"));
  talk.skip_client_bytes(100);
  capture.ip(talk.client_says("tail behind the first hole\n" + filler + "held first\n"));
  const Packet second_hole = talk.client_says("in the second hole\n");
  capture.ip(talk.client_says("held second\n" + filler));
  capture.ip(other.client_says("other: nothing is given up yet\n"));
  capture.ip(talk.client_says("held third\n" + filler));
  capture.ip(other.client_says("other: the oldest hole is\n"));
  capture.ip(second_hole);
  capture.ip(talk.close());
  return capture.bytes();
}

// limits.reassembly is 64 KiB: two connections hold 36 KiB each.
FileBytes hole_given_up_at_total_limit() {
  const std::string filler = "filler " + std::string(36 * 1024, '.') + "\n";
  Capture capture;
  TcpConversation longest = conversation();
  TcpConversation later = conversation(kSecond);
  capture.ip(longest.handshake());
  capture.ip(later.handshake());
  longest.skip_client_bytes(100);
  capture.ip(longest.client_says("longest: tail of a line\n" + filler + "longest: held\n"));
  const Packet missing = later.client_says("later: missing\n");
  capture.ip(later.client_says("later: held\n" + filler));
  capture.ip(missing);
  capture.ip(longest.close());
  capture.ip(later.close());
  return capture.bytes();
}

FileBytes hole_at_the_end() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\nhalf a"));
  talk.skip_client_bytes(50);
  capture.ip(talk.client_says("tail of a line\nheld\nhalf b"));
  return capture.bytes();
}

// In one connection only the FIN comes after the hole, in the other there is held data between them.
FileBytes hole_never_filled_then_end_by_fin() {
  Capture capture;
  TcpConversation other = conversation(kThird);
  capture.ip(other.handshake());
  TcpConversation at_the_end = conversation();
  capture.ip(at_the_end.handshake());
  capture.ip(at_the_end.client_says("first\nhalf a"));
  at_the_end.skip_client_bytes(50);
  capture.ip(client_fin(at_the_end));
  capture.ip(server_closes(at_the_end));
  capture.pause(100ms);  // twice the grace period, much less than hole_wait
  capture.ip(other.client_says("other: the first one has ended\n"));

  TcpConversation inside = conversation(kSecond);
  capture.ip(inside.handshake());
  capture.ip(inside.client_says("second\nhalf b"));
  inside.skip_client_bytes(30);
  capture.ip(inside.client_says("tail of a line\nhalf c"));
  capture.ip(client_fin(inside, kSecond));
  capture.ip(server_closes(inside, kSecond));
  capture.pause(100ms);
  capture.ip(other.client_says("other: the second one has ended\n"));
  return capture.bytes();
}

// The missing segment comes after hole_wait, followed by a copy of the segment that was held after the hole.
FileBytes late_after_gap() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\n"));
  const Packet missing = talk.client_says("too late\n");
  const Packet third = talk.client_says("third\n");
  capture.ip(third);
  capture.pause(2100ms);
  capture.ip(talk.client_says("fourth\n"));
  capture.ip(missing);
  capture.ip(third);
  capture.ip(talk.client_says("fifth\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// Without 54 bytes of TCP headers, 42 bytes of payload are captured. Of UDP, 54 bytes of payload are captured.
FileBytes snapshot_cut() {
  Capture capture(kEthernet, 96);
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("short enough\n"));
  capture.ip(talk.client_says("of this line forty-two bytes are captured: the rest is not\n"));
  capture.ip(talk.client_says("behind the cut\n"));
  capture.ip(talk.client_says("later\n"));
  capture.ip(talk.close());
  capture.ip(test::udp_packet(endpoint(kClient), endpoint(kServer),
                              "of this datagram fifty-four bytes are captured, no more: the rest is not"));
  return capture.bytes();
}

// 42 bytes of payload are captured of each segment. A retransmission in smaller segments is complete.
FileBytes truncated_packet_then_retransmission() {
  constexpr std::string_view kLong = "of this line forty-two bytes are captured: the rest is not\n";
  constexpr std::string_view kAhead = "of this line forty-two bytes come early, the rest with a copy\n";
  constexpr std::size_t kPart = 30;
  Capture capture(kEthernet, 96);
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("short enough\n"));
  const std::uint32_t cut = talk.client_seq();
  capture.ip(talk.client_says(kLong));
  capture.ip(client_sends(talk, cut, kLong.substr(0, kPart)));
  capture.ip(client_sends(talk, cut + kPart, kLong.substr(kPart)));
  capture.ip(talk.client_says("behind the cut\n"));
  capture.ip(talk.client_says("later\n"));
  // This copy comes while the cut segment still waits for the one before it.
  const Packet missing = talk.client_says("in front of the early one\n");
  const std::uint32_t early = talk.client_seq();
  capture.ip(talk.client_says(kAhead));
  capture.ip(client_sends(talk, early + kPart, kAhead.substr(kPart)));
  capture.ip(missing);
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes forged_acknowledgement() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("first\nhalf "));
  capture.ip(talk.server_acks());
  capture.ip(from_server({.seq = talk.server_seq(), .ack = talk.client_seq() + 500'000'000}));
  capture.pause(100ms);  // twice the grace period
  capture.ip(talk.client_says("a line\n"));
  capture.ip(talk.server_acks());
  capture.pause(2100ms);  // hole_wait is 2 s
  capture.ip(talk.client_says("third\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

// The capture sees nothing for a minute and then continues inside a line. Every segment begins with `part`, so the test
// does not say how many segments it takes to believe in the new place.
FileBytes outage(std::uint32_t missed_bytes) {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("before\nhalf a"));
  capture.ip(talk.server_acks());
  capture.pause(60s);
  talk.skip_client_bytes(missed_bytes);
  for (const std::string_view part : {"part of a line, ", "part of it, ", "part of it, ", "part of its end\n"}) {
    capture.ip(talk.client_says(part));
    capture.ip(talk.server_acks());
  }
  capture.ip(talk.client_says("behind the outage\n"));
  capture.ip(talk.client_says("and on\n"));
  capture.ip(talk.server_acks());
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes capture_outage() { return outage(3U << 30); }              // looks like one gigabyte back
FileBytes capture_outage_1536_mib() { return outage(1536U << 20); }  // no window reaches so far (RFC 7323, 2.3)
FileBytes capture_outage_100_mib() { return outage(100U << 20); }

}  // namespace

std::span<const Condition> hole_conditions() {
  static constexpr std::array kConditions{
      Condition{"hole-given-up", hole_given_up},
      Condition{"clock-steps-back", clock_steps_back},
      Condition{"acknowledged-hole", acknowledged_hole},
      Condition{"hole-given-up-at-limit", hole_given_up_at_limit},
      Condition{"hole-given-up-at-total-limit", hole_given_up_at_total_limit},
      Condition{"hole-at-the-end", hole_at_the_end},
      Condition{"hole-never-filled-then-end-by-fin", hole_never_filled_then_end_by_fin},
      Condition{"late-after-gap", late_after_gap},
      Condition{"snapshot-cut", snapshot_cut},
      Condition{"truncated-packet-then-retransmission", truncated_packet_then_retransmission},
      Condition{"forged-acknowledgement", forged_acknowledgement},
      Condition{"capture-outage", capture_outage},
      Condition{"capture-outage-1536-mib", capture_outage_1536_mib},
      Condition{"capture-outage-100-mib", capture_outage_100_mib},
  };
  return kConditions;
}

}  // namespace logsniffd::golden
