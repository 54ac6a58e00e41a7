// The text of the kernel filter: ports, and all packets whose ports the kernel cannot see.
#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "daemon/capture/bpf_expression.hpp"

namespace logsniffd::capture {
namespace {

// A longer list makes a program that costs more per packet than it saves.
constexpr std::size_t kMaxRanges = 64;

// Packets that always pass, because their ports are not where a filter looks for them:
//   fragments, including the first, so that whole datagrams reach the reassembly (RFC 791, 3.1: MF and offset);
//   IPv6 with extension headers (RFC 8200, 4.1): hop-by-hop 0, routing 43, fragment 44, AH 51, destination options 60,
//     mobility 135, HIP 139, Shim6 140;
//   frames with a VLAN tag that the driver did not strip, such as the second of QinQ. The test avoids the `vlan`
//     keyword, which moves the offsets of all that follows it and does not compile on cooked interfaces;
//   MPLS 0x8847 and 0x8848, PPPoE 0x8864, 802.1ah 0x88e7.
constexpr std::string_view kPortsOutOfSight =
    "(ip[6:2] & 0x3fff != 0)"
    " or (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 51 or ip6[6] = 60 or ip6[6] = 135 or ip6[6] = 139 or "
    "ip6[6] = 140)"
    " or ether proto 0x8100 or ether proto 0x88a8 or ether proto 0x9100"
    " or ether proto 0x8847 or ether proto 0x8848 or ether proto 0x8864 or ether proto 0x88e7";

// What else passes on a link:
//   Ethernet: LLC, by its access points SNAP and IP;
//   cooked captures: LLC, with radiotap in front or not, and PPP, by the protocol field of the cooked header (4 and 7);
//   802.11: data frames that are not encrypted, because libpcap looks for LLC behind a header of 24 or 26 bytes, and
//     there are longer ones.
std::string_view link_term(LinkType type) {
  switch (type) {
    case LinkType::ethernet:
      return " or ether proto 0xaa or ether proto 6";
    case LinkType::linux_sll:
      return " or link[14:2] = 4 or link[14:2] = 7";
    case LinkType::linux_sll2:
      return " or link[0:2] = 4 or link[0:2] = 7";
    case LinkType::ieee80211:
    case LinkType::ieee80211_radiotap:
      return " or (type data and wlan[1] & 0x40 = 0)";
    default:
      return {};
  }
}

std::string out_of_sight(LinkType type) { return fmt::format("{}{}", kPortsOutOfSight, link_term(type)); }

std::vector<WatchedTraffic::Range> merged(std::vector<WatchedTraffic::Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<WatchedTraffic::Range> out;
  for (const WatchedTraffic::Range& range : ranges) {
    if (!out.empty() && range.first <= out.back().last + 1) {
      out.back().last = std::max(out.back().last, range.last);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

// Returns "(tcp and (port 514 or portrange 6000-6010)) or "; empty if no port of the protocol is watched.
std::string ports_term(std::string_view protocol, const std::vector<WatchedTraffic::Range>& wanted) {
  const std::vector<WatchedTraffic::Range> ranges = merged(wanted);
  if (ranges.empty()) return {};
  if (ranges.size() > kMaxRanges) return fmt::format("{} or ", protocol);
  std::string ports;
  for (const WatchedTraffic::Range& range : ranges) {
    if (!ports.empty()) ports += " or ";
    ports += range.first == range.last ? fmt::format("port {}", range.first)
                                       : fmt::format("portrange {}-{}", range.first, range.last);
  }
  return fmt::format("({} and ({})) or ", protocol, ports);
}

// After these words, all tests of pcap-filter(7) use other offsets.
constexpr std::array<std::string_view, 5> kShiftingWords = {"vlan", "mpls", "pppoes", "geneve", "vxlan"};

bool moves_offsets(std::string_view expression) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = 0; at < expression.size();) {
    std::size_t end = at;
    while (end < expression.size() && is_word(expression[end])) ++end;
    const std::string_view word = expression.substr(at, end - at);
    if (std::find(kShiftingWords.begin(), kShiftingWords.end(), word) != kShiftingWords.end()) return true;
    at = std::max(end, at + 1);
  }
  return false;
}

}  // namespace

std::string kernel_expression(const WatchedTraffic& watched, LinkType link_type) {
  if (watched.everything) return {};
  if (watched.any_port) return fmt::format("tcp or udp or {}", out_of_sight(link_type));
  return ports_term("tcp", watched.tcp_ports) + ports_term("udp", watched.udp_ports) + out_of_sight(link_type);
}

std::string both_expressions(const std::string& user, const std::string& coarse) {
  if (coarse.empty() || (!user.empty() && moves_offsets(user))) return user;
  if (user.empty()) return coarse;
  return fmt::format("({}) and ({})", user, coarse);
}

}  // namespace logsniffd::capture
