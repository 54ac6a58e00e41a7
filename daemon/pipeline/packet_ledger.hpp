// What became of each packet. One writer: the capture worker.
//
// INVARIANT  received = decoded + sum(ignored) + sum(malformed); what the kernel dropped is added by who reads the
// source.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "daemon/base/counter.hpp"
#include "daemon/filter/filter_table.hpp"

namespace logsniffd::pipeline {

enum class Ignored : std::uint8_t { not_ip, link_type, protocol, not_watched, duplicate };
inline constexpr std::array<std::string_view, 5> kIgnoredNames{"not_ip", "link_type", "protocol", "not_watched",
                                                               "duplicate"};

enum class Malformed : std::uint8_t {
  link_truncated,
  vlan_depth,
  ip_version,
  ip_header,
  ip_length,
  ip_extensions,
  ip_mapped,
  tcp_header,
  udp_header,
  udp_length
};
inline constexpr std::array<std::string_view, 10> kMalformedNames{
    "link_truncated", "vlan_depth", "ip_version", "ip_header",  "ip_length",
    "ip_extensions",  "ip_mapped",  "tcp_header", "udp_header", "udp_length"};

// Why a framed record was not routed: RouteVerdict, and over_count for what follows the last record asked for.
enum class Filtered : std::uint8_t { not_text, severity, no_match, excluded, over_count };
inline constexpr std::array<std::string_view, 5> kFilteredNames{"not_text", "severity", "no_match", "excluded",
                                                                "over_count"};

struct PacketLedger {
  Counter received;
  Counter received_bytes;
  Counter decoded;
  Counter truncated;  // among them: cut by the snapshot length
  std::array<Counter, kIgnoredNames.size()> ignored;
  std::array<Counter, kMalformedNames.size()> malformed;

  void count(Ignored reason) { ignored[static_cast<std::size_t>(reason)].add(); }
  void count(Malformed reason) { malformed[static_cast<std::size_t>(reason)].add(); }
};

// INVARIANT  framed = routed + sum(filtered).
struct RecordLedger {
  Counter framed;
  Counter routed;
  std::array<Counter, kFilteredNames.size()> filtered;
  Counter notices;          // of routed: about traffic that is no log, in place of its records
  Counter empty_datagrams;  // datagrams without content: nothing was framed

  void count(Filtered reason) { filtered[static_cast<std::size_t>(reason)].add(); }
};

}  // namespace logsniffd::pipeline
