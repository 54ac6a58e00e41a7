// The busiest senders of the last 10 to 20 seconds, for people: two tables of fixed size, one for each window.
//
// A sender has its place in a set of kWays slots, by a keyed hash. One without a slot takes that of the lightest sender
// of its set, with its weight, as in the space-saving summary (heavy_sources.hpp): so a busy sender stays, however many
// small ones there are.
//
// THREAD     confined to its owner.
// PRECISION  exact while no set has more than kWays senders. Otherwise a figure is at most what the sender sent: it
//            begins when the sender got its slot.
// BOUNDS     kSets * kWays senders a window; busiest() allocates, add() does not.
// COST       a hash, and kWays comparisons of addresses.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/time.hpp"

namespace logsniffd {

struct BusySender {
  Address address;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};

struct BusySenderReport {
  std::vector<BusySender> senders;  // those with the most records, the busiest first
  Duration span{};                  // in which they sent them
};

class BusySenders {
 public:
  static constexpr Duration kWindow = std::chrono::seconds(10);
  static constexpr std::size_t kSets = 256;
  static constexpr std::size_t kWays = 2;

  // `secret` prevents a sender from choosing collisions.
  explicit BusySenders(std::uint64_t secret) : secret_(secret), current_(kSets), previous_(kSets) {}

  void add(const Address& source, std::uint64_t records, std::uint64_t bytes, PacketTime now) {
    if (now - begun_ >= kWindow) [[unlikely]]
      begin_window(now);
    Slot& slot = slot_of(source);
    slot.weight += records;
    slot.records += records;
    slot.bytes += bytes;
  }

  [[nodiscard]] BusySenderReport busiest(PacketTime now, std::size_t most) const {
    std::vector<BusySender> found;
    if (now - begun_ < 2 * kWindow) append(current_, found);
    const bool both = now - begun_ < kWindow;
    if (both) append(previous_, found);
    add_up(found);
    std::sort(found.begin(), found.end(), [](const BusySender& a, const BusySender& b) {
      return a.records != b.records ? a.records > b.records : precedes(a.address, b.address);
    });
    found.resize(std::min(found.size(), most));
    return {std::move(found), std::max<Duration>(now - (both ? previous_begun_ : begun_), std::chrono::seconds(1))};
  }

 private:
  using Key = std::array<std::uint64_t, 2>;  // an address, compared without a call
  struct Slot {
    Key key{};
    std::uint64_t weight = 0;  // its records, and those of the senders that had the slot before; 0: free
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
  };
  using Set = std::array<Slot, kWays>;
  using Table = std::vector<Set>;

  Slot& slot_of(const Address& source) {
    Key key;
    std::memcpy(key.data(), source.bytes().data(), Address::kSize);
    Set& set = current_[set_of(key)];
    Slot* lightest = set.data();
    for (Slot& slot : set) {
      if (slot.key[0] == key[0] && slot.key[1] == key[1] && slot.weight != 0) return slot;
      if (slot.weight < lightest->weight) lightest = &slot;
    }
    *lightest = {key, lightest->weight, 0, 0};
    return *lightest;
  }

  [[nodiscard]] std::size_t set_of(const Key& key) const {
    std::uint64_t hash = (key[0] ^ secret_) * 0x9e37'79b9'7f4a'7c15;
    hash = (hash ^ hash >> 32 ^ key[1]) * 0xc2b2'ae3d'27d4'eb4f;
    return (hash ^ hash >> 32) * 0x9e37'79b9'7f4a'7c15 >> 56;
  }
  static_assert(kSets == 1U << 8);

  void begin_window(PacketTime now) {
    const bool first = begun_ == PacketTime{};
    const bool silent = now - begun_ >= 2 * kWindow;
    previous_begun_ = first ? now : silent ? now - kWindow : begun_;
    previous_.swap(current_);
    if (silent) std::fill(previous_.begin(), previous_.end(), Set());
    std::fill(current_.begin(), current_.end(), Set());
    begun_ = now;
  }

  static void append(const Table& table, std::vector<BusySender>& found) {
    for (const Set& set : table) {
      for (const Slot& slot : set) {
        if (slot.weight == 0) continue;
        std::array<std::uint8_t, Address::kSize> bytes;
        std::memcpy(bytes.data(), slot.key.data(), bytes.size());
        found.push_back({Address::from_ipv6(bytes), slot.records, slot.bytes});
      }
    }
  }

  [[nodiscard]] static bool precedes(const Address& a, const Address& b) {
    return std::memcmp(a.bytes().data(), b.bytes().data(), Address::kSize) < 0;
  }

  // A sender may be in both windows.
  static void add_up(std::vector<BusySender>& found) {
    std::sort(found.begin(), found.end(),
              [](const BusySender& a, const BusySender& b) { return precedes(a.address, b.address); });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (kept > 0 && found[kept - 1].address == found[i].address) {
        found[kept - 1].records += found[i].records;
        found[kept - 1].bytes += found[i].bytes;
      } else {
        found[kept++] = found[i];
      }
    }
    found.resize(kept);
  }

  std::uint64_t secret_;
  Table current_;
  Table previous_;
  PacketTime begun_{};  // the current window
  PacketTime previous_begun_{};
};

}  // namespace logsniffd
