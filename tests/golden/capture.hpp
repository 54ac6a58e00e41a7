// A capture file that is being written: the first packet has the time 2024-03-09 10:27:44 UTC, and each one after it is
// a millisecond later.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/support/packet_builder.hpp"

namespace logsniffd::golden {

using FileBytes = std::vector<std::uint8_t>;

// LINKTYPE_ values.
inline constexpr std::uint32_t kNull = 0;
inline constexpr std::uint32_t kEthernet = 1;
inline constexpr std::uint32_t kPpp = 9;
inline constexpr std::uint32_t kPppHdlc = 50;
inline constexpr std::uint32_t kPppEther = 51;
inline constexpr std::uint32_t kRaw = 101;
inline constexpr std::uint32_t kCiscoHdlc = 104;
inline constexpr std::uint32_t kIeee80211 = 105;
inline constexpr std::uint32_t kLinuxSll = 113;
inline constexpr std::uint32_t kRadiotap = 127;
inline constexpr std::uint32_t kMpls = 219;
inline constexpr std::uint32_t kNflog = 239;
inline constexpr std::uint32_t kPktap = 258;
inline constexpr std::uint32_t kLinuxSll2 = 276;

class Capture {
 public:
  static constexpr PacketTime kStart{std::chrono::seconds(1'709'980'064)};
  static constexpr std::uint32_t kSnaplen = 262'144;

  explicit Capture(std::uint32_t link_type = kEthernet, std::uint32_t snaplen = kSnaplen)
      : writer_(link_type, test::FileKind::pcap_nano, snaplen) {}

  // Adds a frame in the format of the link type.
  void frame(const test::Packet& frame) {
    writer_.add(frame, now_);
    now_ += std::chrono::milliseconds(1);
  }
  // Adds an IP packet in an Ethernet frame.
  void ip(const test::Packet& packet) { frame(test::ethernet(packet)); }
  void ip(const std::vector<test::Packet>& packets) {
    for (const test::Packet& packet : packets) ip(packet);
  }
  // Delays the next packet by `duration`.
  void pause(Duration duration) { now_ += duration; }

  [[nodiscard]] const FileBytes& bytes() const { return writer_.bytes(); }

 private:
  test::CaptureWriter writer_;
  PacketTime now_ = kStart;
};

}  // namespace logsniffd::golden
