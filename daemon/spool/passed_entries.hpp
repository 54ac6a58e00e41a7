// Entries that bypassed a spool, to a target that may still lose them on the way: kept in memory, in the form in which
// the spool would keep them.
//
// THREAD  confined to the sink's worker.
// BOUNDS  kCapacity bytes; beyond that the oldest entries are forgotten.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "daemon/spool/batch_codec.hpp"
#include "daemon/spool/spool_entry.hpp"

namespace logsniffd::spool {

class PassedEntries {
 public:
  static constexpr std::size_t kCapacity = 64 << 20;

  struct Entry {
    EntryKind kind;
    std::uint32_t records;
    std::uint64_t messages;  // records and notices
    std::string payload;

    [[nodiscard]] SpoolEntry view() const { return {kind, records, payload}; }
  };

  void add(const SpoolEntry& entry, std::uint64_t messages);
  // Adds the records of `batch` for sink number `index` that are not in `left`. REQUIRED: `left` is sorted.
  void add_all_but(std::span<const std::uint32_t> left, const record::RecordBatch& batch, unsigned index);
  // Forgets all entries except those with the latest `messages`.
  void keep(std::uint64_t messages);
  void clear() { keep(0); }

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::uint64_t messages() const { return messages_; }           // of all entries
  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }  // the oldest first

 private:
  void add_encoded();
  void forget_oldest();

  std::deque<Entry> entries_;
  std::uint64_t messages_ = 0;
  std::size_t bytes_ = 0;
  BatchEncoder encoder_;
};

}  // namespace logsniffd::spool
