// The short way for common packets finds what the decoders of the layers find.
#include "daemon/packet_path/common_packet.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/support/packet_builder.hpp"
#include "tests/support/same_packet.hpp"

namespace logsniffd::packet_path {
namespace {

using capture::LinkType;
using capture::RawPacket;
using test::endpoint;

struct Frame {
  test::Packet bytes;
  LinkType link_type;
};

RawPacket raw(const Frame& frame, std::size_t cut_bytes = 0) {
  return {frame.bytes, static_cast<std::uint32_t>(frame.bytes.size() + cut_bytes), {}, frame.link_type, 0, {}};
}

Frame on_ethernet(const test::Packet& ip) { return {test::ethernet(ip), LinkType::ethernet}; }

std::vector<Frame> common_frames() {
  const Endpoint a = endpoint("10.0.0.1:40000");
  const Endpoint b = endpoint("192.168.7.255:514");
  const Endpoint a6 = endpoint("[fe80::1]:40000");
  const Endpoint b6 = endpoint("[2001:db8::ffff:1]:514");
  const test::Packet segment =
      test::tcp_packet(a, b, {.seq = 0x01020304, .ack = 0xfffefdfc, .flags = "AP"}, "a line\n");
  return {on_ethernet(segment),
          on_ethernet(test::tcp_packet(b, a, {.flags = "S"}, "")),
          on_ethernet(test::udp_packet(a, b, "<13>a line")),
          on_ethernet(test::udp_packet(a, b, "")),
          on_ethernet(test::tcp_packet(a6, b6, {.flags = "AP"}, "a line\n")),
          on_ethernet(test::udp_packet(a6, b6, "a line")),
          {test::ethernet(segment, {5}), LinkType::ethernet},
          {test::sll2(segment, 7, 0), LinkType::linux_sll2},
          {test::sll2(test::udp_packet(a6, b6, "x"), 7, 0), LinkType::linux_sll2},
          {test::sll2(test::udp_packet(a, b, "x"), 0x01020304, 4), LinkType::linux_sll2}};
}

std::vector<Frame> other_frames() {
  const Endpoint a = endpoint("10.0.0.1:40000");
  const Endpoint b = endpoint("10.0.0.2:514");
  const test::Packet segment = test::tcp_packet(a, b, {}, "a line\n");
  std::vector<Frame> frames{{test::ethernet(segment, {5, 6}), LinkType::ethernet},
                            {test::sll(segment), LinkType::linux_sll},
                            {test::null_loopback(segment), LinkType::null},
                            {segment, LinkType::raw},
                            {segment, LinkType{4711}}};
  const test::Packet payload(64, 'x');
  frames.push_back(on_ethernet(test::ip(a.address, b.address, {.protocol = 1}, payload)));
  for (const test::Packet& fragment : test::ip_fragments(a.address, b.address, {}, payload, 24))
    frames.push_back(on_ethernet(fragment));
  return frames;
}

// Whether the packet was read in the short way. Both ways start with what another packet left behind.
bool expect_same(const RawPacket& packet) {
  static DecodedPacket either;
  static DecodedPacket layers;
  decode_packet(packet, either);
  decode_layers(packet, layers);
  EXPECT_TRUE(test::same_packet(either, layers))
      << testing::PrintToString(std::vector<std::uint8_t>(packet.bytes.begin(), packet.bytes.end()));
  DecodedPacket common;
  return decode_common(packet, common);
}

TEST(CommonPacket, CommonShapes_AreReadInTheShortWay) {
  for (const Frame& frame : common_frames()) EXPECT_TRUE(expect_same(raw(frame)));
}

TEST(CommonPacket, OtherShapes_AreLeftToTheLayers) {
  for (const Frame& frame : other_frames()) EXPECT_FALSE(expect_same(raw(frame)));
}

TEST(CommonPacket, CutBySnapshotLength_IsLeftToTheLayers) {
  for (const Frame& frame : common_frames()) EXPECT_FALSE(expect_same(raw(frame, 1)));
}

TEST(CommonPacket, EveryTruncation_IsReadAlike) {
  for (Frame frame : common_frames()) {
    while (!frame.bytes.empty()) {
      frame.bytes.pop_back();
      expect_same(raw(frame));
    }
  }
}

TEST(CommonPacket, EveryValueOfEveryHeaderByte_IsReadAlike) {
  constexpr std::size_t kHeaders = 80;
  for (Frame frame : common_frames()) {
    for (std::size_t at = 0; at < std::min(kHeaders, frame.bytes.size()); ++at) {
      const std::uint8_t before = frame.bytes[at];
      for (unsigned value = 0; value < 256; ++value) {
        frame.bytes[at] = static_cast<std::uint8_t>(value);
        expect_same(raw(frame));
      }
      frame.bytes[at] = before;
    }
  }
}

TEST(CommonPacket, SeveralDamagedBytes_AreReadAlike) {
  std::mt19937 random(1);
  int common = 0;
  for (const Frame& whole : common_frames()) {
    for (int round = 0; round < 3000; ++round) {
      Frame frame = whole;
      for (int damaged = 0; damaged < 3; ++damaged)
        frame.bytes[random() % frame.bytes.size()] = static_cast<std::uint8_t>(random());
      frame.bytes.resize(frame.bytes.size() - random() % 3);
      if (expect_same(raw(frame, random() % 4 == 0 ? 1 : 0))) ++common;
    }
  }
  EXPECT_GT(common, 1000);
}

}  // namespace
}  // namespace logsniffd::packet_path
