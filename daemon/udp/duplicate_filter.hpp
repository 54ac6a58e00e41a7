// Recognizes the copies of one datagram that is captured in several places (`any` over bridges, bonds and veth pairs;
// both directions of loopback).
//
// A copy has equal addresses, ports and payload, and was seen on ANOTHER interface or in another direction, within
// kWindow. Equal datagrams of one interface and direction are never merged: a sender may repeat itself.
//
// THREAD  confined to the capture worker that owns it.
// BOUNDS  remembers the last kRemembered datagrams, as keyed 64-bit hashes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/base/time.hpp"
#include "daemon/udp/udp_datagram.hpp"

namespace logsniffd::udp {

// Where a datagram was seen.
struct SeenAt {
  std::uint32_t interface_id;
  std::uint8_t direction;  // any values that differ for incoming and outgoing
  PacketTime time;

  bool operator==(const SeenAt&) const = default;
};

class DuplicateFilter {
 public:
  static constexpr std::size_t kRemembered = 1024;
  static constexpr Duration kWindow = std::chrono::milliseconds(10);

  explicit DuplicateFilter(std::uint64_t hash_key);
  ~DuplicateFilter();

  // True if `datagram` is a copy of a remembered one; otherwise it is remembered. Each remembered datagram absorbs at
  // most one copy from each (interface, direction).
  [[nodiscard]] bool is_copy(const UdpDatagram& datagram, const SeenAt& seen);

 private:
  struct Entry;
  std::uint64_t hash_key_;
  std::vector<Entry> ring_;            // entry number n is at n modulo kRemembered
  std::vector<std::uint64_t> newest_;  // by hash: the number of the newest entry
  std::uint64_t next_ = 1;             // the number of the next entry
};

}  // namespace logsniffd::udp
