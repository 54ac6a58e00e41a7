#include "daemon/udp/duplicate_filter.hpp"

#include <absl/hash/hash.h>

#include <algorithm>
#include <array>

namespace logsniffd::udp {
namespace {

constexpr std::size_t kBuckets = DuplicateFilter::kRemembered;
constexpr std::size_t kPlaces = 6;           // recognized per datagram; a copy from a further place counts as new
constexpr std::size_t kLongestSearch = 128;  // equal or colliding datagrams examined, newest first

std::uint64_t place_of(const SeenAt& seen) { return std::uint64_t{seen.interface_id} << 8 | seen.direction; }

}  // namespace

// Entries of one bucket are chained by their numbers, from the newest to older ones. A number that has left the ring
// ends the chain, so nothing is ever unlinked. Number 0 means none.
struct DuplicateFilter::Entry {
  std::uint64_t hash = 0;
  std::uint64_t older = 0;
  PacketTime time;
  std::array<std::uint64_t, kPlaces> places{};  // the first is the place that was remembered; the others were absorbed
  std::size_t place_count = 0;

  [[nodiscard]] bool absorb(std::uint64_t place) {
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(place_count);
    if (place_count == kPlaces || std::find(places.begin(), end, place) != end) return false;
    places[place_count++] = place;
    return true;
  }
};

DuplicateFilter::DuplicateFilter(std::uint64_t hash_key)
    : hash_key_(hash_key), ring_(kRemembered), newest_(kBuckets, 0) {}
DuplicateFilter::~DuplicateFilter() = default;

bool DuplicateFilter::is_copy(const UdpDatagram& datagram, const SeenAt& seen) {
  const Flow& flow = datagram.flow;
  const std::uint64_t hash = absl::HashOf(hash_key_, flow.src.address, flow.src.port, flow.dst.address, flow.dst.port,
                                          as_text(datagram.payload));
  const std::uint64_t place = place_of(seen);
  std::uint64_t& newest = newest_[hash % kBuckets];
  std::uint64_t number = newest;
  for (std::size_t steps = 0; steps < kLongestSearch && number + kRemembered >= next_ && number != 0; ++steps) {
    Entry& entry = ring_[number % kRemembered];
    if (seen.time - entry.time > kWindow) break;
    // Second comparison: interfaces are read in turn, so a copy may be older than the datagram it is compared with.
    if (entry.hash == hash && entry.time - seen.time <= kWindow && entry.absorb(place)) return true;
    number = entry.older;
  }
  Entry entry{.hash = hash, .older = newest, .time = seen.time};
  entry.places[0] = place;
  entry.place_count = 1;
  ring_[next_ % kRemembered] = entry;
  newest = next_++;
  return false;
}

}  // namespace logsniffd::udp
