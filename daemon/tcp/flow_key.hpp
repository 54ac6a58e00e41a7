// The identity of a TCP connection, the same for both of its directions.
//
// The whole key identifies a connection; the hash only finds it. The hash is keyed with a secret, so that a sender
// cannot choose collisions: XXH3, in which the secret takes part in every multiplication.
#pragma once

#include <xxhash.h>

#include <array>
#include <bit>
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
  const auto word = [](const Endpoint& end, std::size_t at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, end.address.bytes().data() + at, sizeof bytes);
    return bytes;
  };
  const std::uint64_t src[] = {word(flow.src, 0), word(flow.src, 8)};
  const std::uint64_t dst[] = {word(flow.dst, 0), word(flow.dst, 8)};
  const bool swap = src[0] != dst[0]   ? src[0] > dst[0]
                    : src[1] != dst[1] ? src[1] > dst[1]
                                       : flow.src.port > flow.dst.port;
  const std::uint32_t ports = std::uint32_t{flow.src.port} << 16 | flow.dst.port;
  if (swap) return {{{dst[0], dst[1], src[0], src[1]}, ports << 16 | ports >> 16}, 1};
  return {{{src[0], src[1], dst[0], dst[1]}, ports}, 0};
}

// Restores the flow of one direction.
inline Flow flow_of(const FlowKey& key, std::uint8_t direction) {
  std::array<std::uint8_t, 2 * Address::kSize> raw;
  std::memcpy(raw.data(), key.addresses.data(), raw.size());
  const Endpoint low{Address::from_ipv6(Bytes(raw).first(Address::kSize)), static_cast<std::uint16_t>(key.ports >> 16)};
  const Endpoint high{Address::from_ipv6(Bytes(raw).last(Address::kSize)), static_cast<std::uint16_t>(key.ports)};
  return direction == 0 ? Flow{low, high, Transport::tcp} : Flow{high, low, Transport::tcp};
}

// Belongs to no flow: its lower endpoint is above the higher one.
inline constexpr FlowKey kNoFlow{{~std::uint64_t{0}, ~std::uint64_t{0}, 0, 0}, 0};

[[gnu::noinline]] inline std::uint32_t hash_of_ipv6(const FlowKey& key, std::uint64_t secret) {
  static_assert(offsetof(FlowKey, ports) == sizeof key.addresses);
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(&key, sizeof key.addresses + sizeof key.ports, secret));
}

// 32 bits are enough to tell millions of connections apart, and leave room for the slot in an entry of the table.
inline std::uint32_t hash_of(const FlowKey& key, std::uint64_t secret) {
  // The second word of an IPv4-mapped address: the prefix, then the four bytes that differ.
  constexpr auto kPrefix = std::bit_cast<std::uint64_t>(std::array<std::uint32_t, 2>{Address::kIpv4Prefix, 0});
  constexpr auto kPrefixBits = std::bit_cast<std::uint64_t>(std::array<std::uint32_t, 2>{~std::uint32_t{0}, 0});
  const auto& words = key.addresses;
  const std::uint64_t unlike_ipv4 = words[0] | words[2] | (((words[1] ^ kPrefix) | (words[3] ^ kPrefix)) & kPrefixBits);
  if (unlike_ipv4 != 0) [[unlikely]]
    return hash_of_ipv6(key, secret);
  const std::uint64_t both = (words[1] & ~kPrefixBits) | std::rotl(words[3] & ~kPrefixBits, 32);
  const std::array<std::uint64_t, 2> differing{both, key.ports};
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(differing.data(), sizeof differing, secret));
}

}  // namespace logsniffd::tcp
