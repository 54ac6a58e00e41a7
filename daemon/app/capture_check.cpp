// What `logsniffd check` finds on the interfaces of this host.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/app/host_check.hpp"
#include "daemon/base/nearest.hpp"
#include "daemon/base/quantity.hpp"
#include "daemon/capture/interface_patterns.hpp"
#include "daemon/capture/pcap_handle.hpp"

namespace logsniffd::app {
namespace {

// The largest packet that was seen on an interface that merges: an IP packet of 65,535 bytes and an Ethernet header.
constexpr std::uint64_t kLargestMerged = 65'549;

constexpr std::array<std::string_view, 4> kMergesPackets{"rx-gro", "rx-gro-hw", "rx-lro", "tx-tcp-segmentation"};
constexpr std::array<std::string_view, 2> kMergesDatagrams{"rx-udp-gro-forwarding", "rx-gro-list"};

bool is_any(const config::Config& config) {
  const auto& wanted = config.capture.interfaces;
  return std::find(wanted.begin(), wanted.end(), capture::kAnyInterface) != wanted.end();
}

// The first of `features` that is on; empty if none is.
template <class Features>
std::string_view active(const HostInterface& interface, const Features& features) {
  const auto found = std::find_if(features.begin(), features.end(), [&](std::string_view feature) {
    return interface.features.contains(std::string(feature));
  });
  return found == features.end() ? std::string_view() : *found;
}

std::vector<HostInterface> captured(const config::Config& config, const Host& host) {
  std::vector<HostInterface> captured;
  for (const HostInterface& interface : host.interfaces) {
    if (interface.name == capture::kAnyInterface) continue;
    if (is_any(config) || capture::matches_any(config.capture.interfaces, interface.name))
      captured.push_back(interface);
  }
  return captured;
}

void check_names(const config::Config& config, const Host& host, config::Diagnostics& found) {
  std::vector<std::string_view> names;
  for (const HostInterface& interface : host.interfaces) names.push_back(interface.name);
  for (const std::string& wanted : config.capture.interfaces) {
    if (capture::is_glob(wanted) || std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    found.push_back(
        host_warning(config.capture.interfaces_mark, "capture.interfaces",
                     fmt::format("there is no interface '{}' on this host now{}; see `logsniffd interfaces`", wanted,
                                 did_you_mean(wanted, names))));
  }
}

void check_promiscuous(const config::Config& config, const HostInterface& interface, config::Diagnostics& found) {
  if (config.capture.promiscuous || is_any(config) || !interface.deaf_card) return;
  found.push_back(
      host_warning(config.capture.interfaces_mark, "capture.interfaces",
                   fmt::format("{} has no address, so it looks like a mirror port, and the card drops the packets for "
                               "other machines; set promiscuous: true",
                               interface.name)));
}

void check_snaplen(const config::Config& config, const HostInterface& interface, config::Diagnostics& found) {
  const std::string_view feature = active(interface, kMergesPackets);
  if (config.capture.snaplen >= kLargestMerged || feature.empty()) return;
  found.push_back(host_warning(config.capture.snaplen_mark, "capture.snaplen",
                               fmt::format("{} merges packets to up to {} bytes ({}), so {} truncates records; use {}",
                                           interface.name, kLargestMerged, feature, format_size(config.capture.snaplen),
                                           format_size(config::Capture().snaplen))));
}

void check_datagrams(const config::Config& config, const HostInterface& interface, config::Diagnostics& found) {
  const std::string_view feature = active(interface, kMergesDatagrams);
  const bool wants_udp = std::any_of(config.filters.begin(), config.filters.end(),
                                     [](const config::Filter& filter) { return filter.transport != Transport::tcp; });
  if (feature.empty() || !wants_udp) return;
  found.push_back(
      host_warning(config.capture.interfaces_mark, "capture.interfaces",
                   fmt::format("{0} may merge UDP datagrams, so that several messages arrive as one record; "
                               "switch it off with `ethtool -K {0} {1} off`",
                               interface.name, feature)));
}

}  // namespace

void check_capture(const config::Config& config, const Host& host, config::Diagnostics& found) {
  if (host.interfaces.empty()) return;
  check_names(config, host, found);
  const std::vector<HostInterface> interfaces = captured(config, host);
  if (interfaces.empty()) {
    found.push_back(host_warning(config.capture.interfaces_mark, "capture.interfaces",
                                 "no interface of this host matches now, and at least one must be there at the start; "
                                 "see `logsniffd interfaces`"));
  }
  for (const HostInterface& interface : interfaces) {
    check_promiscuous(config, interface, found);
    check_datagrams(config, interface, found);
  }
  // One interface is enough to show it.
  const auto merging = std::find_if(interfaces.begin(), interfaces.end(), [](const HostInterface& interface) {
    return !active(interface, kMergesPackets).empty();
  });
  if (merging != interfaces.end()) check_snaplen(config, *merging, found);
}

}  // namespace logsniffd::app
