// The identity of a TCP connection, the same for both of its directions.
//
// The whole key identifies a connection; the hash only finds it. The hash is keyed with a secret, so that a sender
// cannot choose collisions: XXH3, in which the secret takes part in every multiplication.
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "daemon/base/endpoint.hpp"

namespace logsniffd::tcp {

struct FlowKey {
  std::array<std::uint64_t, 4> addresses;  // the lower endpoint's two words, then the higher one's
  std::uint32_t ports;

  // Five words, compared in place: the defaulted operator would call memcmp for each packet.
  bool operator==(const FlowKey& other) const {
    const auto& a = addresses;
    const auto& b = other.addresses;
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (ports ^ other.ports)) == 0;
  }
};

struct KeyedFlow {
  FlowKey key;
  std::uint8_t direction;  // 0 if the source is the lower endpoint, 1 otherwise
};

inline KeyedFlow key_of(const Flow& flow) {
  std::array<std::uint64_t, 2> src;
  std::array<std::uint64_t, 2> dst;
  std::memcpy(src.data(), flow.src.address.bytes().data(), sizeof src);
  std::memcpy(dst.data(), flow.dst.address.bytes().data(), sizeof dst);
  const bool swap = src != dst ? src > dst : flow.src.port > flow.dst.port;
  const auto& low = swap ? dst : src;
  const auto& high = swap ? src : dst;
  const std::uint32_t low_port = swap ? flow.dst.port : flow.src.port;
  const std::uint32_t high_port = swap ? flow.src.port : flow.dst.port;
  return {{{low[0], low[1], high[0], high[1]}, low_port << 16 | high_port}, static_cast<std::uint8_t>(swap ? 1 : 0)};
}

// Restores the flow of one direction.
inline Flow flow_of(const FlowKey& key, std::uint8_t direction) {
  std::array<std::uint8_t, 2 * Address::kSize> raw;
  std::memcpy(raw.data(), key.addresses.data(), raw.size());
  const Endpoint low{Address::from_ipv6(Bytes(raw).first(Address::kSize)), static_cast<std::uint16_t>(key.ports >> 16)};
  const Endpoint high{Address::from_ipv6(Bytes(raw).last(Address::kSize)), static_cast<std::uint16_t>(key.ports)};
  return direction == 0 ? Flow{low, high, Transport::tcp} : Flow{high, low, Transport::tcp};
}

// 32 bits are enough to tell millions of connections apart, and leave room for the slot in an entry of the table.
inline std::uint32_t hash_of(const FlowKey& key, std::uint64_t secret) {
  constexpr std::size_t kKeyBytes = sizeof key.addresses + sizeof key.ports;
  static_assert(offsetof(FlowKey, ports) == sizeof key.addresses);
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(&key, kKeyBytes, secret));
}

}  // namespace logsniffd::tcp
