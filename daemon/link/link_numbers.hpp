// Numbers of link headers that more than one decoder reads.
#pragma once

#include <cstdint>

namespace logsniffd::link {

inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
inline constexpr std::uint16_t kTag8021Q = 0x8100;
inline constexpr std::uint8_t kPacketOutgoing = 4;  // LINUX_SLL_OUTGOING; 0 to 3 are incoming

}  // namespace logsniffd::link
