// What can happen to one packet of a capture, and the resulting capture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/damage/condition.hpp"

namespace logsniffd::damage {

// The place of the payload in a packet. It is unknown for fragments and for packets that cannot be read.
struct Dissection {
  Flow flow;
  std::uint32_t seq = 0;
  bool syn = false;
  std::size_t ip_at = 0;       // an offset in the packet
  std::size_t payload_at = 0;  // an offset in the packet
  std::size_t payload_bytes = 0;
};
[[nodiscard]] std::optional<Dissection> dissect(const StoredPacket& packet);

struct Damage {
  enum class Kind : std::uint8_t {
    removed,  // the packet is missing
    cut,      // `kept` bytes were captured, and the rest is known to be missing (snapshot length)
    ended,    // it carries `kept` bytes of payload, and its connection ends there: the sender died
  };

  Kind kind;
  std::size_t packet;
  std::size_t kept = 0;
};
[[nodiscard]] std::string to_string(Damage::Kind kind);

// Each packet removed, cut at each byte, and ended at each byte of a TCP payload.
[[nodiscard]] std::vector<Damage> every_damage(const std::vector<StoredPacket>& packets);

// `changed` receives the changed packet. It must outlive the result.
[[nodiscard]] Packets apply(const Damage& damage, const std::vector<StoredPacket>& packets, StoredPacket& changed);

}  // namespace logsniffd::damage
