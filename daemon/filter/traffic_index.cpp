#include "daemon/filter/traffic_index.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>
#include <set>

namespace logsniffd::filter {
namespace {

bool holds(const std::vector<Network>& networks, const Flow& flow) {
  return std::any_of(networks.begin(), networks.end(), [&flow](const Network& network) {
    return network.contains(flow.src.address) || network.contains(flow.dst.address);
  });
}

}  // namespace

TrafficIndex::TrafficIndex(const std::vector<FilterOptions>& filters) {
  assert(filters.size() <= kMaxFilters);
  FilterMask bit = 1;
  for (const FilterOptions& filter : filters) {
    assert(
        std::all_of(filter.networks.begin(), filter.networks.end(), [](const Network& n) { return n.prefix <= 128; }));
    networks_.push_back(filter.networks);
    if (!filter.networks.empty()) with_networks_ |= bit;
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
  divide_ports(filters);
}

void TrafficIndex::divide_ports(const std::vector<FilterOptions>& filters) {
  std::set<std::uint32_t> firsts{0};
  for (const FilterOptions& filter : filters) {
    for (const PortRange& range : filter.ports) firsts.insert({range.first, range.last + 1U});
  }
  firsts.erase(65536);
  for (const std::uint32_t first : firsts) segments_.push_back({static_cast<std::uint16_t>(first)});
  for (Segment& segment : segments_) {
    FilterMask bit = 1;
    for (const FilterOptions& filter : filters) {
      const bool holds = std::any_of(filter.ports.begin(), filter.ports.end(), [&](const PortRange& range) {
        return range.first <= segment.first && segment.first <= range.last;
      });
      if (holds && filter.direction != Direction::from) segment.to |= bit;
      if (holds && filter.direction != Direction::to) segment.from |= bit;
      bit <<= 1;
    }
  }
}

const TrafficIndex::Segment& TrafficIndex::segment_of(std::uint16_t port) const {
  const auto next = std::upper_bound(segments_.begin(), segments_.end(), port,
                                     [](std::uint16_t p, const Segment& segment) { return p < segment.first; });
  return *std::prev(next);
}

FilterMask TrafficIndex::candidates(const Flow& flow) const {
  const Watched& watched = watched_[static_cast<std::size_t>(flow.transport)];
  FilterMask wanted = watched.everything;
  if (watched.ports[flow.src.port] || watched.ports[flow.dst.port]) {
    wanted |= (segment_of(flow.dst.port).to | segment_of(flow.src.port).from) & watched.by_port;
  }
  for (FilterMask asking = wanted & with_networks_; asking != 0; asking &= asking - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(asking));
    if (!holds(networks_[i], flow)) wanted &= ~(FilterMask{1} << i);
  }
  return wanted;
}

}  // namespace logsniffd::filter
