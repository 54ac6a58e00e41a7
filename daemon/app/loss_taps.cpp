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

void LossTaps::remove(const record_path::BatchQueue& queue) {
  const std::lock_guard lock(mutex_);
  std::erase_if(taps_, [&](const Tap& tap) { return tap.queue == &queue; });
  if (!taps_.empty()) return;
  watched_.store(false, std::memory_order_relaxed);
  copy_.reset();
}

void LossTaps::on_loss(const sink::LostRecords& lost) {
  const std::lock_guard lock(mutex_);
  for (const Tap& tap : taps_) copy(lost, tap);
}

bool LossTaps::Tap::wants(std::string_view filter) const {
  return filters.empty() || std::find(filters.begin(), filters.end(), filter) != filters.end();
}

void LossTaps::copy(const sink::LostRecords& lost, const Tap& tap) {
  const record::SinkMask fate = record::SinkMask{1} << fate_of(lost.reason);
  copy_->begin(std::make_shared<const record::FilterNames>(record::FilterNames{std::string(lost.sink)}));
  for (const std::uint32_t i : lost.records) {
    if (tap.wants(lost.batch.filter_name(i))) copy_->append(lost.batch.record(i, fields_), 0, fate);
  }
  if (!copy_->empty()) tap.queue->offer(copy_->compact_copy(), record_path::weigh(*copy_, copy_->size()));
}

}  // namespace logsniffd::app
