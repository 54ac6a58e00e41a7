// Addresses, ports and the transport between them, as values.
//
// An IPv4 address is held in its IPv4-mapped form (RFC 4291, 2.5.5.2), so that both families share one 16-byte key.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/bytes.hpp"

namespace logsniffd {

enum class Transport : std::uint8_t { tcp, udp };

std::string_view to_string(Transport transport);  // "tcp", "udp"

class Address {
 public:
  static constexpr std::size_t kSize = 16;
  // The third of four words of an IPv4-mapped address, as it lies in memory: 00 00 ff ff. The first two are 0.
  static constexpr std::uint32_t kIpv4Prefix = std::endian::native == std::endian::little ? 0xffff'0000 : 0x0000'ffff;

  constexpr Address() = default;
  static Address from_ipv4(Bytes four_bytes) {  // REQUIRED: size 4
    assert(four_bytes.size() == 4);
    // Written in one piece: the flow key reads it back in two words, and a narrower store would stall that read.
    std::array<std::uint32_t, kSize / 4> words{0, 0, kIpv4Prefix, 0};
    std::memcpy(&words[3], four_bytes.data(), 4);
    Address address;
    std::memcpy(address.bytes_.data(), words.data(), kSize);
    return address;
  }
  static Address from_ipv6(Bytes sixteen_bytes) {  // REQUIRED: size 16
    assert(sixteen_bytes.size() == kSize);
    Address address;
    std::memcpy(address.bytes_.data(), sixteen_bytes.data(), kSize);
    return address;
  }
  static std::optional<Address> parse(std::string_view text);

  [[nodiscard]] bool is_ipv4() const {
    std::array<std::uint32_t, kSize / 4> words;
    std::memcpy(words.data(), bytes_.data(), kSize);
    return (words[0] | words[1]) == 0 && words[2] == kIpv4Prefix;
  }
  [[nodiscard]] Bytes bytes() const { return bytes_; }  // always 16
  [[nodiscard]] std::string to_string() const;          // "10.0.0.1", "fe80::1" (RFC 5952)

  auto operator<=>(const Address&) const = default;
  template <class H>
  friend H AbslHashValue(H state, const Address& address) {
    return H::combine_contiguous(std::move(state), address.bytes_.data(), kSize);
  }

 private:
  std::array<std::uint8_t, kSize> bytes_{};
};

struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  [[nodiscard]] std::string to_string() const;  // "10.0.0.1:514", "[fe80::1]:514"

  auto operator<=>(const Endpoint&) const = default;
};

// One direction of traffic.
struct Flow {
  Endpoint src;
  Endpoint dst;
  Transport transport = Transport::tcp;

  auto operator<=>(const Flow&) const = default;
};

}  // namespace logsniffd
