#include "daemon/spool/spool_front.hpp"

#include <cassert>
#include <numeric>

#include "daemon/spool/notice_codec.hpp"

namespace logsniffd::spool {

bool SpoolFront::load(const SpoolLog::Front& front) {
  bytes_ = front.entry.size();
  return front.entry.kind == EntryKind::notice ? load_notice(front) : load_records(front);
}

bool SpoolFront::load_records(const SpoolLog::Front& front) {
  const auto records = decoder_.decode(front.entry.payload, record::SinkMask{1} << kBit, records_);
  if (records != front.entry.records || front.settled >= front.entry.records) return false;
  in_order_ = true;
  loaded_ = Loaded::records;
  if (front.settled > 0) {
    std::vector<std::uint32_t> left(front.entry.records - front.settled);
    std::iota(left.begin(), left.end(), front.settled);
    keep_only(left);
  }
  return true;
}

bool SpoolFront::load_notice(const SpoolLog::Front& front) {
  const auto notice = decode_notice(front.entry.payload);
  if (!notice) return false;
  notice_ = notice->text;
  notice_time_ = notice->when;
  loaded_ = Loaded::notice;
  return true;
}

void SpoolFront::keep(std::uint32_t delivered, std::span<const std::uint32_t> left) {
  in_order_ = in_order_ && left.front() == delivered;
  if (delivered > 0) keep_only(left);
}

void SpoolFront::keep_only(std::span<const std::uint32_t> records) {
  encoder_.begin();
  for (const std::uint32_t i : records) encoder_.add(records_, i);
  [[maybe_unused]] const auto kept = decoder_.decode(encoder_.bytes(), record::SinkMask{1} << kBit, fewer_);
  assert(kept == records.size());
  std::swap(records_, fewer_);
}

}  // namespace logsniffd::spool
