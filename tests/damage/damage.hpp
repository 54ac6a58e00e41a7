// What can happen to one packet of a capture, and the capture that it leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/damage/condition.hpp"

namespace logsniffd::damage {

// Where the payload of a packet is. Nothing is known of fragments, and of what cannot be read.
struct Dissection {
  Flow flow;
  std::uint32_t seq = 0;
  bool syn = false;
  std::size_t ip_at = 0;       // in the packet's bytes
  std::size_t payload_at = 0;  // likewise
  std::size_t payload_bytes = 0;
};
[[nodiscard]] std::optional<Dissection> dissect(const StoredPacket& packet);

struct Damage {
  enum class Kind : std::uint8_t {
    removed,  // the packet is not there
    cut,      // `kept` of its bytes were captured, the rest is known to be missing (snapshot length)
    ended,    // it carries `kept` bytes of payload, and nothing of its connection follows: the sender died
  };

  Kind kind;
  std::size_t packet;
  std::size_t kept = 0;
};
[[nodiscard]] std::string to_string(Damage::Kind kind);

// Each packet removed, cut at each byte, and ended at each byte of a TCP payload.
[[nodiscard]] std::vector<Damage> every_damage(const std::vector<StoredPacket>& packets);

// `changed` holds the packet that is not in the capture as it was; it must outlive the result.
[[nodiscard]] Packets apply(const Damage& damage, const std::vector<StoredPacket>& packets, StoredPacket& changed);

}  // namespace logsniffd::damage
