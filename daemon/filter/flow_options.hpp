// Which flows a filter wants: ports, transport, direction and networks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "daemon/base/choice.hpp"
#include "daemon/base/endpoint.hpp"

namespace logsniffd::filter {

struct PortRange {
  std::uint16_t first;
  std::uint16_t last;  // inclusive
};

struct Network {
  Address address;  // decides the family: ::/0 contains no IPv4 address
  unsigned prefix;  // of the 128-bit form: IPv4 prefixes are 96 larger

  // Families are kept apart, so that ::/0 contains IPv6 only, and not IPv4 in its mapped form.
  [[nodiscard]] bool contains(const Address& other) const;
};

// As seen from the watched port: `to` is traffic sent to it, `from` is traffic that it sends. If the ports of both ends
// are watched, each direction is both.
enum class Direction : std::uint8_t { to, from, both };

inline constexpr auto kDirections =
    std::to_array<Choice<Direction>>({{"to", Direction::to}, {"from", Direction::from}, {"both", Direction::both}});

// nullopt: both.
inline constexpr auto kTransports = std::to_array<Choice<std::optional<Transport>>>(
    {{"tcp", Transport::tcp}, {"udp", Transport::udp}, {"both", std::nullopt}});

}  // namespace logsniffd::filter
