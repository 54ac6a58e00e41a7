#include "daemon/spool/passed_entries.hpp"

namespace logsniffd::spool {

void PassedEntries::add(const SpoolEntry& entry, std::uint64_t messages) {
  entries_.push_back({entry.kind, entry.records, messages, std::string(entry.payload)});
  messages_ += messages;
  bytes_ += entry.size();
  while (bytes_ > kCapacity) forget_oldest();
}

void PassedEntries::add_all_but(std::span<const std::uint32_t> left, const record::RecordBatch& batch, unsigned index) {
  encoder_.begin();
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if ((batch.header(i).sinks >> index & 1) == 0) continue;
    if (!left.empty() && left.front() == i) {
      left = left.subspan(1);
      continue;
    }
    encoder_.add(batch, i);
    if (encoder_.bytes().size() >= SpoolEntry::kUsualPayload) add_encoded();
  }
  add_encoded();
}

void PassedEntries::add_encoded() {
  const std::uint32_t records = encoder_.records();
  if (records > 0) add({EntryKind::records, records, encoder_.bytes()}, records);
  encoder_.begin();
}

void PassedEntries::keep(std::uint64_t messages) {
  while (!entries_.empty() && messages_ - entries_.front().messages >= messages) forget_oldest();
}

void PassedEntries::forget_oldest() {
  messages_ -= entries_.front().messages;
  bytes_ -= entries_.front().view().size();
  entries_.pop_front();
}

}  // namespace logsniffd::spool
