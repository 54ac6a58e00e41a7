// Counts each packet by its fate. One writer: the capture worker.
//
// INVARIANT  received = decoded + sum(ignored) + sum(malformed). The reader of the source adds what the kernel dropped.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

#include "daemon/base/counter_block.hpp"

namespace logsniffd::packet_path {

enum class Ignored : std::uint8_t { not_ip, link_type, encrypted, not_one_packet, protocol, not_watched, duplicate };
inline constexpr std::array<std::string_view, 7> kIgnoredNames{"not_ip",   "link_type",   "encrypted", "not_one_packet",
                                                               "protocol", "not_watched", "duplicate"};

enum class Malformed : std::uint8_t {
  link_truncated,
  link_header,
  link_checksum,
  link_depth,
  vlan_depth,
  mpls_depth,
  ip_version,
  ip_header,
  ip_length,
  ip_extensions,
  ip_mapped,
  tcp_header,
  udp_header,
  udp_length
};
inline constexpr std::array<std::string_view, 14> kMalformedNames{
    "link_truncated", "link_header", "link_checksum", "link_depth", "vlan_depth", "mpls_depth", "ip_version",
    "ip_header",      "ip_length",   "ip_extensions", "ip_mapped",  "tcp_header", "udp_header", "udp_length"};

// The packet was decoded to its payload, which a filter may want; or it is a fragment of such a packet.
struct Decoded {};

// The fate of a packet.
using PacketVerdict = std::variant<Decoded, Ignored, Malformed>;

// The words of the ledger for a fate.
struct VerdictWords {
  std::string_view verdict;
  std::string_view reason;  // empty: decoded
};
[[nodiscard]] VerdictWords in_words(PacketVerdict verdict);

struct PacketLedger {
  Counter received;
  Counter received_bytes;
  Counter decoded;
  Counter truncated;  // among decoded: cut by the snapshot length
  std::array<Counter, kIgnoredNames.size()> ignored;
  std::array<Counter, kMalformedNames.size()> malformed;

  void count(Ignored reason) { ignored[static_cast<std::size_t>(reason)].add(); }
  void count(Malformed reason) { malformed[static_cast<std::size_t>(reason)].add(); }
  void count(Decoded) { decoded.add(); }
  void count(PacketVerdict verdict) {
    std::visit([this](auto what) { count(what); }, verdict);
  }

  template <class Self, class Visit>
  static constexpr void for_each(Self& self, Visit&& visit) {
    visit(whole("received"), self.received);
    visit("received_bytes", self.received_bytes);
    visit(part("decoded"), self.decoded);
    for (std::size_t i = 0; i < self.ignored.size(); ++i) visit(part("ignored", kIgnoredNames[i]), self.ignored[i]);
    for (std::size_t i = 0; i < self.malformed.size(); ++i)
      visit(part("malformed", kMalformedNames[i]), self.malformed[i]);
    visit("truncated", self.truncated);
  }
};
static_assert(names_every_counter<PacketLedger>());

}  // namespace logsniffd::packet_path
