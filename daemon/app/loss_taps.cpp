#include "daemon/app/loss_taps.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace logsniffd::app {

void LossTaps::add(record_path::BatchQueue& queue, std::vector<std::string> filters) {
  const std::lock_guard lock(mutex_);
  taps_.push_back({&queue, std::move(filters)});
  if (!copy_) copy_.emplace();
  watched_.store(true, std::memory_order_relaxed);
}

queue::Loss LossTaps::take_missed(const record_path::BatchQueue& queue) {
  const std::lock_guard lock(mutex_);
  for (Tap& tap : taps_) {
    if (tap.queue == &queue) return std::exchange(tap.missed, {});
  }
  return {};
}

queue::Loss LossTaps::remove(const record_path::BatchQueue& queue) {
  const std::lock_guard lock(mutex_);
  queue::Loss missed;
  std::erase_if(taps_, [&](const Tap& tap) {
    if (tap.queue == &queue) missed = tap.missed;
    return tap.queue == &queue;
  });
  if (!taps_.empty()) return missed;
  watched_.store(false, std::memory_order_relaxed);
  copy_.reset();
  return missed;
}

void LossTaps::on_loss(const sink::LostRecords& lost) {
  const std::lock_guard lock(mutex_);
  for (Tap& tap : taps_) copy(lost, tap);
}

bool LossTaps::Tap::wants(std::string_view filter) const {
  return filters.empty() || std::find(filters.begin(), filters.end(), filter) != filters.end();
}

void LossTaps::copy(const sink::LostRecords& lost, Tap& tap) {
  const record::SinkMask fate = record::SinkMask{1} << fate_of(lost.reason);
  auto names = std::make_shared<record::FilterNames>(lost.batch.filter_names());
  names->emplace_back(lost.sink);
  copy_->begin(names);
  for (const std::uint32_t i : lost.records) {
    if (!tap.wants(lost.batch.filter_name(i))) continue;
    const record::RecordHeader& header = lost.batch.header(i);
    const std::uint64_t queued = tap.queue->queued_bytes();
    if (queued > 0 && queued + kCopyBytes > tap.queue->byte_budget()) {
      if (tap.missed.records++ == 0) tap.missed.first = header.captured_at;
      tap.missed.last = header.captured_at;
      continue;
    }
    copy_->append(lost.batch.record(i, fields_), header.filter, fate);
    if (copy_->memory_bytes() < kCopyBytes) continue;
    hand_over(tap);
    copy_->begin(names);
  }
  if (!copy_->empty()) hand_over(tap);
}

void LossTaps::hand_over(const Tap& tap) {
  tap.queue->offer(copy_->compact_copy(), record_path::weigh(*copy_, copy_->size()));
}

}  // namespace logsniffd::app
