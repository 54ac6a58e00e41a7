// What `logsniffd check` finds of sinks that could feed themselves: their messages pass an interface that is captured,
// and a filter would want them if they were not own_flows().
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/app/host_check.hpp"
#include "daemon/app/wiring.hpp"
#include "daemon/capture/interface_patterns.hpp"
#include "daemon/capture/pcap_handle.hpp"
#include "daemon/sink/net/peer.hpp"

namespace logsniffd::app {
namespace {

constexpr std::uint16_t kOwnPort = 49'152;  // stands for the port that the kernel gives to a sink's socket

// Whether the interface that has this address is captured. An address that no interface has may pass any.
bool passes_captured_interface(const config::Config& config, const Host& host, const Flow& flow) {
  const auto& wanted = config.capture.interfaces;
  if (std::find(wanted.begin(), wanted.end(), capture::kAnyInterface) != wanted.end()) return true;
  for (const HostInterface& interface : host.interfaces) {
    const bool owns =
        std::any_of(interface.addresses.begin(), interface.addresses.end(), [&](const std::string& address) {
          return Address::parse(address.substr(0, address.find('/'))) == flow.src.address;
        });
    const bool carries = flow.src.address == flow.dst.address ? interface.loopback : owns;
    if (carries) return capture::matches_any(wanted, interface.name);
  }
  return true;
}

}  // namespace

void check_feedback(const config::Config& config, const Host& host, config::Diagnostics& found) {
  SinkIndex bits;
  for (const config::Sink& sink : config.sinks) bits.emplace(sink.name, static_cast<unsigned>(bits.size()));
  const auto plan = make_plan(config, bits, false);
  if (!plan) return;
  for (const config::Sink& sink : config.sinks) {
    const auto* const syslog = std::get_if<config::SyslogTarget>(&sink.target);
    const auto peer = sink::net::parse_peer(syslog == nullptr ? "" : syslog->to);
    if (!peer || peer->is_local()) continue;
    std::uint16_t port = 0;
    std::from_chars(peer->port.data(), peer->port.data() + peer->port.size(), port);
    // The addresses of a name are not known here. No network contains the empty address that stands for them.
    const auto target = Address::parse(peer->host);
    const auto own = target ? host.source_for(*target) : std::nullopt;
    const Flow flow{{own.value_or(Address()), kOwnPort},
                    {target.value_or(Address()), port},
                    peer->kind == sink::net::PeerKind::udp ? Transport::udp : Transport::tcp};
    if (own && !passes_captured_interface(config, host, flow)) continue;
    filter::FilterMask wanting = (*plan)->filters.candidates(flow);
    for (std::size_t i = 0; i < config.filters.size(); ++i) {
      if ((wanting >> i & 1U) == 0) continue;
      const config::Filter& filter = config.filters[i];
      const bool feeds_itself = std::find(filter.to.begin(), filter.to.end(), sink.name) != filter.to.end();
      found.push_back(host_warning(
          sink.mark, "sinks." + sink.name + ".to",
          fmt::format("filter {} watches {}, where this sink sends{}; what logsniffd sends is left out, unless its "
                      "addresses are translated on the way; exclude the target with `networks`, or use another port",
                      filter.name, syslog->to, feeds_itself ? " the records of that filter" : "")));
    }
  }
}

}  // namespace logsniffd::app
