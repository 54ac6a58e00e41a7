// Finds the filters that want a direction of a flow, by transport, port, direction and networks.
//
// Most traffic is not wanted by any filter: one bit for each port, 8 KiB per transport, answers that before any
// filter is examined.
//
// THREAD  immutable; any.
#pragma once

#include <array>
#include <bitset>
#include <vector>

#include "daemon/filter/filter_table.hpp"

namespace logsniffd::filter {

class TrafficIndex {
 public:
  // REQUIRED: at most kMaxFilters; prefixes of at most 128.
  explicit TrafficIndex(const std::vector<FilterOptions>& filters);

  // True if any filter may want traffic between these ports, in either direction: a cheap test that lets some unwanted
  // traffic through.
  [[nodiscard]] bool watches(Transport transport, std::uint16_t a_port, std::uint16_t another_port) const {
    const Watched& watched = watched_[static_cast<std::size_t>(transport)];
    return watched.everything != 0 || watched.ports[a_port] || watched.ports[another_port];
  }
  [[nodiscard]] FilterMask candidates(const Flow& flow) const;

 private:
  // The ports from `first` up to the next segment, and the filters that want what is sent to them and from them.
  struct Segment {
    std::uint16_t first;
    FilterMask to = 0;
    FilterMask from = 0;
  };
  struct Watched {
    std::bitset<65536> ports;   // named by any filter of `by_port`
    FilterMask by_port = 0;     // the filters of this transport with ports
    FilterMask everything = 0;  // the filters of this transport without ports
  };

  void divide_ports(const std::vector<FilterOptions>& filters);
  [[nodiscard]] const Segment& segment_of(std::uint16_t port) const;

  std::vector<Segment> segments_;               // sorted; they cover all ports
  std::vector<std::vector<Network>> networks_;  // by filter
  FilterMask with_networks_ = 0;
  std::array<Watched, 2> watched_;  // by Transport
};

}  // namespace logsniffd::filter
