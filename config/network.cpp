#include "config/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "config/value.hpp"

namespace logsniffd::config {
namespace {

constexpr unsigned kBits = 8 * Address::kSize;
constexpr unsigned kMappedBits = 96;  // the bits before an IPv4 address in its mapped form

std::optional<unsigned> parse_prefix(std::string_view text, unsigned longest) {
  unsigned prefix = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, prefix);
  if (result.ec != std::errc{} || result.ptr != end || prefix > longest) return std::nullopt;
  return prefix;
}

Address without_host_bits(const Address& address, unsigned prefix) {
  std::array<std::uint8_t, Address::kSize> bytes{};
  std::copy(address.bytes().begin(), address.bytes().end(), bytes.begin());
  for (unsigned bit = prefix; bit < kBits; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  return Address::from_ipv6(bytes);
}

}  // namespace

Expected<filter::Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address)
    return fail(
        Error::usage(quoted(text) + " is not a valid network; use an address and a prefix length, such as 10.0.0.0/8"));
  if (slash == std::string_view::npos) return filter::Network{*address, kBits};

  const bool ipv4 = text.find(':') == std::string_view::npos;
  const unsigned offset = ipv4 ? kMappedBits : 0;
  const auto prefix = parse_prefix(text.substr(slash + 1), kBits - offset);
  if (!prefix) {
    return fail(Error::usage(
        fmt::format("{} has an invalid prefix length; use 0 to {} after the /", quoted(text), kBits - offset)));
  }
  const Address network = without_host_bits(*address, *prefix + offset);
  if (network != *address) {
    return fail(Error::usage(fmt::format("{} has host bits set; use {}/{} for the network, or {} for the single host",
                                         quoted(text), network.to_string(), *prefix, address->to_string())));
  }
  return filter::Network{network, *prefix + offset};
}

}  // namespace logsniffd::config
