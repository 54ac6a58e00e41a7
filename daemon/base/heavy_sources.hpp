// Finds the sources that send most of a stream of items, in a table of fixed size. It is for queues whose items cannot
// be taken out again (tables whose entries can be removed use SourceShare).
//
// This is the space-saving summary of Metwally, Agrawal and El Abbadi ("Efficient Computation of Frequent and Top-k
// Elements in Data Streams", 2005): a source without a slot takes the slot of the source with the smallest count, and
// that count becomes the new source's doubt. All counts are halved whenever their sum exceeds kWindow, so that old
// items are forgotten.
//
// THREAD     confined to its owner.
// PRECISION  crowds_out() is true only for sources that sent more than an eighth of the items, by size, and is true for
//            all that sent more than three sixteenths.
// BOUNDS     kSlots sources; allocates nothing.
// COST       kSlots comparisons of addresses.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "daemon/base/endpoint.hpp"

namespace logsniffd {

class HeavySources {
 public:
  static constexpr std::size_t kSlots = 16;
  static constexpr std::uint64_t kShares = 8;
  static constexpr std::uint64_t kWindow = 4U << 20;

  void add(const Address& source, std::uint64_t size) {
    Slot& slot = slot_of(source);
    slot.count += size;
    total_ += size;
    if (total_ > kWindow) halve();
  }

  // True if the source is heavy and other sources are present, too.
  [[nodiscard]] bool crowds_out(const Address& source) const {
    const auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.source == source; });
    if (slot == slots_.end() || slot->count == 0) return false;
    const std::uint64_t sure = slot->count - slot->doubt;
    return sure > total_ / kShares && slot->count < total_;
  }

  void clear() { *this = {}; }

 private:
  struct Slot {
    Address source;
    std::uint64_t count = 0;  // at least what the source sent
    std::uint64_t doubt = 0;  // at most this much of the count belongs to another source
  };

  Slot& slot_of(const Address& source) {
    Slot* least = slots_.data();
    for (Slot& slot : slots_) {
      if (slot.count != 0 && slot.source == source) return slot;
      if (slot.count < least->count) least = &slot;
    }
    least->source = source;
    least->doubt = least->count;
    return *least;
  }

  void halve() {
    total_ = 0;
    for (Slot& slot : slots_) {
      slot.count /= 2;
      slot.doubt /= 2;
      total_ += slot.count;
    }
  }

  std::array<Slot, kSlots> slots_{};
  std::uint64_t total_ = 0;  // the sum of all counts
};

}  // namespace logsniffd
