#include "daemon/filter/traffic_index.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace logsniffd::filter {
namespace {

bool holds(const std::vector<PortRange>& ports, std::uint16_t port) {
  return std::any_of(ports.begin(), ports.end(),
                     [port](const PortRange& range) { return range.first <= port && port <= range.last; });
}

// Families are kept apart, so that ::/0 matches IPv6 only, and not IPv4 in its mapped form.
bool holds(const Network& network, const Address& address) {
  if (network.address.is_ipv4() != address.is_ipv4()) return false;
  const Bytes wanted = network.address.bytes();
  const Bytes found = address.bytes();
  const std::size_t whole = network.prefix / 8;
  const unsigned left = network.prefix % 8;
  if (!std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(whole), found.begin())) return false;
  return left == 0 || ((wanted[whole] ^ found[whole]) >> (8 - left)) == 0;
}

bool holds(const std::vector<Network>& networks, const Flow& flow) {
  return std::any_of(networks.begin(), networks.end(), [&flow](const Network& network) {
    return holds(network, flow.src.address) || holds(network, flow.dst.address);
  });
}

bool wants_direction(Direction direction, const std::vector<PortRange>& ports, const Flow& flow) {
  return (direction != Direction::from && holds(ports, flow.dst.port)) ||
         (direction != Direction::to && holds(ports, flow.src.port));
}

}  // namespace

TrafficIndex::TrafficIndex(const std::vector<FilterOptions>& filters) {
  assert(filters.size() <= kMaxFilters);
  FilterMask bit = 1;
  for (const FilterOptions& filter : filters) {
    assert(
        std::all_of(filter.networks.begin(), filter.networks.end(), [](const Network& n) { return n.prefix <= 128; }));
    wanted_.push_back({filter.ports, filter.direction, filter.networks});
    for (const Transport transport : {Transport::tcp, Transport::udp}) {
      if (filter.transport.value_or(transport) != transport) continue;
      Watched& watched = watched_[static_cast<std::size_t>(transport)];
      (filter.ports.empty() ? watched.everything : watched.by_port) |= bit;
      for (const PortRange& range : filter.ports) {
        for (std::size_t port = range.first; port <= range.last; ++port) watched.ports.set(port);
      }
    }
    bit <<= 1;
  }
}

bool TrafficIndex::wants(const Wanted& wanted, const Flow& flow) {
  return (wanted.ports.empty() || wants_direction(wanted.direction, wanted.ports, flow)) &&
         (wanted.networks.empty() || holds(wanted.networks, flow));
}

bool TrafficIndex::watches(Transport transport, std::uint16_t a_port, std::uint16_t another_port) const {
  const Watched& watched = watched_[static_cast<std::size_t>(transport)];
  return watched.everything != 0 || watched.ports[a_port] || watched.ports[another_port];
}

FilterMask TrafficIndex::candidates(const Flow& flow) const {
  const Watched& watched = watched_[static_cast<std::size_t>(flow.transport)];
  FilterMask possible = watched.everything;
  if (watched.ports[flow.src.port] || watched.ports[flow.dst.port]) possible |= watched.by_port;
  FilterMask wanted = 0;
  for (; possible != 0; possible &= possible - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(possible));
    if (wants(wanted_[i], flow)) wanted |= FilterMask{1} << i;
  }
  return wanted;
}

}  // namespace logsniffd::filter
