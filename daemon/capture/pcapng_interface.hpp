// One interface of a pcapng section, as described by its Interface Description Block (draft-ietf-opsawg-pcapng, 4.2).
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/base/time.hpp"
#include "daemon/capture/raw_packet.hpp"

namespace logsniffd::capture {

// Turns the ticks of an interface into time (if_tsresol, if_tsoffset). Times outside 1970 to 2116 become the nearer end
// of that range.
class PcapngClock {
 public:
  PcapngClock() = default;
  // `resolution` as in if_tsresol: a negative power of 10, or of 2 if the top bit is set. nullopt if a second does not
  // fit in 64 bits of ticks.
  static std::optional<PcapngClock> with_resolution(std::uint8_t resolution);
  void set_offset(std::int64_t seconds) { offset_seconds_ = seconds; }

  [[nodiscard]] PacketTime at(std::uint64_t ticks) const;

 private:
  std::uint64_t divisor_ = 1;                   // divides the ticks first: anything finer than a nanosecond is cut
  std::uint64_t ticks_per_second_ = 1'000'000;  // of the remaining ticks; at most 2^30
  std::int64_t offset_seconds_ = 0;
};

struct PcapngInterface {
  LinkType link_type = LinkType::ethernet;
  std::uint32_t snaplen_bytes = 0;  // 0: no limit
  std::string name;
  PcapngClock clock;

  // nullopt if the block is damaged. `body` is the block without its type and its two lengths.
  static std::optional<PcapngInterface> from_block(Bytes body, std::endian order);
};

}  // namespace logsniffd::capture
