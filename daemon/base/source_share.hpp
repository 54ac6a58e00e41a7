// Measures how much of a bounded table each source takes up, so that one sender that floods does not push
// out the others.
//
// The owner of the table makes each entry a Held, and says which source it belongs to and what it costs (bytes, or 1
// if entries are counted). When the table is full, the owner asks which entry gives way: gives_way() is the oldest
// entry of the source that holds most. It is null if that source holds no more than a tenth of the total: then nobody
// is to blame, and the owner's own order decides (usually the oldest entry goes). So a single source may fill the
// table, and gives back only as others arrive; and seven sources that flood at the same time push out nobody who
// holds less than a tenth.
//
// Limitation: a sender that uses many addresses counts as many sources.
//
//   struct Pending : SourceShare::Held { ... };     // an entry; it stays where it is while it is held
//   share.add(pending, flow.src.address, cost);     // it came
//   share.resize(pending, new_cost);                // it grew or shrank
//   share.remove(pending);                          // it is gone, for whatever reason
//   while (full()) {
//     SourceShare::Held* const heavy = share.gives_way();
//     discard(heavy != nullptr ? static_cast<Pending&>(*heavy) : oldest());
//   }
//
// THREAD    confined to its owner.
// LIFETIME  an entry must be removed before it is destroyed, and must not be moved while it is held.
// BOUNDS    as many sources as there are entries; the owner bounds the entries. Memory is kept for later sources.
// NEEDS     absl::flat_hash_map, absl::hash and Boost::headers in the room's CMakeLists.txt.
// COST      constant for every call, one look-up by address in add(); allocates only for more sources than ever before.
//
// "Most" is exact to within a quarter: sources are kept in classes by what they hold, four for each power of two, and
// the source that entered the highest class first is asked. So the source that gives way may hold as little as a
// tenth of the total.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

#include <array>
#include <bit>
#include <boost/intrusive/list.hpp>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "daemon/base/endpoint.hpp"
#include "daemon/base/slab_pool.hpp"

namespace logsniffd {

class SourceShare {
 public:
  // An eighth, less the quarter by which the members of a class differ.
  static constexpr std::uint64_t kLeastShares = 10;

  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>,
                                                boost::intrusive::tag<SourceShare>>;

  // The base of the owner's entries.
  class Held : public Hook {
   public:
    [[nodiscard]] bool is_held() const { return source_ != kNobody; }

   private:
    friend class SourceShare;
    static constexpr std::uint32_t kNobody = UINT32_MAX;
    std::uint32_t source_ = kNobody;
    std::uint64_t cost_ = 0;
  };

  // `secret` prevents a sender from choosing collisions.
  explicit SourceShare(std::uint64_t secret) : by_address_(0, AddressHash{secret}) {}
  SourceShare(const SourceShare&) = delete;
  SourceShare& operator=(const SourceShare&) = delete;

  // The entry becomes the newest of its source. REQUIRED: it is not held.
  void add(Held& entry, const Address& source, std::uint64_t cost) {
    assert(!entry.is_held());
    const auto [found, is_new] = by_address_.try_emplace(source, 0);
    if (is_new) {
      found->second = sources_.acquire();
      Source& fresh = sources_[found->second];
      fresh.address = source;
      fresh.held = 0;
      fresh.class_number = kNoClass;
    }
    entry.source_ = found->second;
    entry.cost_ = 0;
    sources_[entry.source_].entries.push_back(entry);
    resize(entry, cost);
  }

  // REQUIRED: the entry is held.
  void resize(Held& entry, std::uint64_t cost) {
    Source& source = sources_[entry.source_];
    source.held += cost - entry.cost_;
    total_ += cost - entry.cost_;
    entry.cost_ = cost;
    classify(source);
  }

  // The entry becomes the newest of its source again. REQUIRED: it is held.
  void renew(Held& entry) {
    Entries& entries = sources_[entry.source_].entries;
    entries.splice(entries.end(), entries, Entries::s_iterator_to(entry));
  }

  // The entry need not be held.
  void remove(Held& entry) {
    if (!entry.is_held()) return;
    Source& source = sources_[entry.source_];
    resize(entry, 0);
    source.entries.erase(Entries::s_iterator_to(entry));
    if (source.entries.empty()) {
      leave_class(source);
      by_address_.erase(source.address);
      sources_.release(entry.source_);
    }
    entry.source_ = Held::kNobody;
  }

  // Returns the entry that gives way when the table is full; null: that source holds no more than a tenth.
  [[nodiscard]] Held* gives_way() {
    const std::size_t top = highest_class();
    if (top == kNoClass) return nullptr;
    Source& heaviest = classes_[top].front();
    return heaviest.held > total_ / kLeastShares ? &heaviest.entries.front() : nullptr;
  }

  // What this source holds, and what all sources hold.
  [[nodiscard]] std::uint64_t held_by(const Address& source) const {
    const auto found = by_address_.find(source);
    return found == by_address_.end() ? 0 : sources_[found->second].held;
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::size_t sources() const { return by_address_.size(); }

 private:
  using Entries =
      boost::intrusive::list<Held, boost::intrusive::base_hook<Hook>, boost::intrusive::constant_time_size<false>>;
  struct Source : Hook {
    Address address;
    Entries entries;  // oldest first
    std::uint64_t held = 0;
    std::size_t class_number = kNoClass;
  };
  using Class =
      boost::intrusive::list<Source, boost::intrusive::base_hook<Hook>, boost::intrusive::constant_time_size<false>>;
  struct AddressHash {
    std::uint64_t secret;
    std::size_t operator()(const Address& address) const { return absl::HashOf(secret, address); }
  };

  static constexpr std::size_t kSlot =
      sizeof(Address) + sizeof(std::uint32_t) + 1;  // of by_address_, half empty at worst

 public:
  // The memory that a source takes in addition to its entries, for owners that count bytes.
  static constexpr std::size_t kSourceBytes = sizeof(Source) + 2 * kSlot;

 private:
  static constexpr std::size_t kClasses = 256;  // four for each power of two of 64 bits
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kNoClass = kClasses;

  // Rises with `held`. A source that holds 0 is in no class.
  static std::size_t class_of(std::uint64_t held) {
    if (held == 0) return kNoClass;
    const auto power = static_cast<std::size_t>(std::bit_width(held) - 1);
    const std::uint64_t fraction = power >= 2 ? held >> (power - 2) : held << (2 - power);
    return power * 4 + (fraction & 3);
  }

  void classify(Source& source) {
    const std::size_t belongs = class_of(source.held);
    if (belongs == source.class_number) return;
    leave_class(source);
    if (belongs == kNoClass) return;
    source.class_number = belongs;
    classes_[belongs].push_back(source);
    occupied_[belongs / kWordBits] |= std::uint64_t{1} << belongs % kWordBits;
  }

  void leave_class(Source& source) {
    if (source.class_number == kNoClass) return;
    Class& left = classes_[source.class_number];
    left.erase(Class::s_iterator_to(source));
    if (left.empty())
      occupied_[source.class_number / kWordBits] &= ~(std::uint64_t{1} << source.class_number % kWordBits);
    source.class_number = kNoClass;
  }

  [[nodiscard]] std::size_t highest_class() const {
    for (std::size_t word = occupied_.size(); word-- > 0;) {
      if (occupied_[word] == 0) continue;
      return word * kWordBits + static_cast<std::size_t>(std::bit_width(occupied_[word]) - 1);
    }
    return kNoClass;
  }

  SlabPool<Source> sources_;
  absl::flat_hash_map<Address, std::uint32_t, AddressHash> by_address_;
  std::array<Class, kClasses> classes_;
  std::array<std::uint64_t, kClasses / kWordBits> occupied_{};
  std::uint64_t total_ = 0;
};

}  // namespace logsniffd
