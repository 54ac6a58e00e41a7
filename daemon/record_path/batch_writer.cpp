#include "daemon/record_path/batch_writer.hpp"

#include <algorithm>
#include <utility>

namespace logsniffd::record_path {
namespace {

// A batch below this part of a full one is copied to its exact size, so that byte budgets count what is really held.
constexpr std::size_t kSmallBatch = record::RecordBatch::kTextBytes / 4;

// This many records are kept back before the queues are checked again.
constexpr std::uint64_t kLookAgain = 256;

}  // namespace

queue::Weight weigh(const record::RecordBatch& batch, std::uint64_t records) {
  return {.bytes = batch.memory_bytes(),
          .records = records,
          .first = batch.header(0).captured_at,
          .last = batch.header(batch.size() - 1).captured_at};
}

BatchWriter::BatchWriter(Overload overload, Duration linger, const std::atomic<bool>& abandon)
    : overload_(overload), linger_(linger), abandon_(abandon), open_(pool_.acquire()) {}

void BatchWriter::configure(std::shared_ptr<const record::FilterNames> names, std::vector<Outlet> outlets) {
  names_ = std::move(names);
  outlets_ = std::move(outlets);
  pressures_.clear();
  pressures_.resize(outlets_.size());
  begin();
}

void BatchWriter::begin() {
  open_->begin(names_);
  if (overload_ == Overload::drop) look_at_queues();
}

void BatchWriter::look_at_queues() {
  pressed_ = nearly_full_ = 0;
  for (std::size_t i = 0; i < outlets_.size(); ++i) {
    const record::SinkMask bit = record::SinkMask{1} << outlets_[i].sink;
    const std::uint64_t used = outlets_[i].queue->queued_bytes();
    const std::uint64_t budget = outlets_[i].queue->byte_budget();
    if (used >= budget / 2) {
      pressed_ |= bit;
    } else if (used < budget / 4) {
      pressures_[i].sources.clear();
    }
    if (used >= budget / 4 * 3) nearly_full_ |= bit;
  }
}

void BatchWriter::append(const record::LogRecord& record, const std::vector<filter::Route>& routes, PacketTime now) {
  if (open_->empty()) opened_at_ = now;
  if (pressed_ == 0) [[likely]] {
    append_to(record, routes);
  } else {
    append_fairly(record, routes);
  }
  if (open_->full()) [[unlikely]]
    publish();
}

void BatchWriter::append_to(const record::LogRecord& record, const std::vector<filter::Route>& routes) {
  open_->append(record, routes[0].filter, routes[0].sinks);
  for (std::size_t i = 1; i < routes.size(); ++i) open_->append_again(routes[i].filter, routes[i].sinks);
}

// Omits the sinks whose queues have no room left for the record's source.
void BatchWriter::append_fairly(const record::LogRecord& record, const std::vector<filter::Route>& routes) {
  const record::SinkMask refused = refusing(record, routes);
  if (refused == 0) return append_to(record, routes);
  fair_.clear();
  for (filter::Route route : routes) {
    route.sinks &= ~refused;
    if (route.sinks != 0) fair_.push_back(route);
  }
  if (!fair_.empty()) append_to(record, fair_);
  // The batch may stay empty, and so never be published, while the queues get room.
  if (++kept_back_ % kLookAgain != 0) return;
  tell_refused();
  look_at_queues();
}

// Counts the record, and the sinks that it loses.
record::SinkMask BatchWriter::refusing(const record::LogRecord& record, const std::vector<filter::Route>& routes) {
  constexpr std::uint64_t kHeader = 64;  // the approximate size of a record without its message
  record::SinkMask refused = 0;
  for (std::size_t i = 0; i < outlets_.size(); ++i) {
    const record::SinkMask bit = record::SinkMask{1} << outlets_[i].sink;
    if ((pressed_ & bit) == 0) continue;
    const auto times = static_cast<std::uint64_t>(std::count_if(
        routes.begin(), routes.end(), [&](const filter::Route& route) { return (route.sinks & bit) != 0; }));
    if (times == 0) continue;
    Pressure& pressure = pressures_[i];
    const Address& source = record.flow.src.address;
    pressure.sources.add(source, kHeader + record.message.size());
    if ((nearly_full_ & bit) == 0 || !pressure.sources.crowds_out(source)) continue;
    refused |= bit;
    if (pressure.refused.records == 0) pressure.refused.first = record.captured_at;
    pressure.refused.last = record.captured_at;
    pressure.refused.records += times;
  }
  return refused;
}

void BatchWriter::tell_refused() {
  for (std::size_t i = 0; i < outlets_.size(); ++i) {
    if (pressures_[i].refused.records == 0) continue;
    outlets_[i].queue->refuse(pressures_[i].refused);
    pressures_[i].refused = {};
  }
}

void BatchWriter::publish() {
  if (open_->empty()) {
    if (pressed_ == 0) return;
    tell_refused();
    return look_at_queues();
  }
  if (open_->memory_bytes() < kSmallBatch) {
    hand_over(std::shared_ptr<const record::RecordBatch>(open_->compact_copy()));
  } else {
    hand_over(pool_.share(std::exchange(open_, pool_.acquire())));
  }
  tell_refused();
  begin();
}

void BatchWriter::hand_over(const std::shared_ptr<const record::RecordBatch>& batch) {
  for (const Outlet& outlet : outlets_) {
    if ((batch->sinks() & record::SinkMask{1} << outlet.sink) == 0) continue;
    const queue::Weight weight = weigh(*batch, batch->count_for(outlet.sink));
    if (overload_ == Overload::drop) {
      const bool taken = outlet.queue->offer(batch, weight);
      if (!taken && on_loss_) on_loss_(*batch, outlet.sink);
    } else {
      outlet.queue->offer_waiting(batch, weight, [this] { return abandon_.load(std::memory_order_relaxed); });
    }
  }
}

}  // namespace logsniffd::record_path
