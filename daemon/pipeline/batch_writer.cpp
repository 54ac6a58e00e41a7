#include "daemon/pipeline/batch_writer.hpp"

#include <utility>

namespace logsniffd::pipeline {
namespace {

// Below this part of a full batch it is copied to its exact size, so that byte budgets count what is really held.
constexpr std::size_t kSmallBatch = record::RecordBatch::kTextBytes / 4;

queue::Weight weigh(const record::RecordBatch& batch, unsigned sink) {
  queue::Weight weight;
  weight.bytes = batch.memory_bytes();
  weight.records = batch.count_for(sink);
  weight.first = batch.header(0).captured_at;
  weight.last = batch.header(batch.size() - 1).captured_at;
  return weight;
}

}  // namespace

BatchWriter::BatchWriter(Overload overload, Duration linger, const std::atomic<bool>& abandon)
    : overload_(overload), linger_(linger), abandon_(abandon), open_(pool_.acquire()) {}

void BatchWriter::configure(std::shared_ptr<const record::FilterNames> names, std::vector<Outlet> outlets) {
  names_ = std::move(names);
  outlets_ = std::move(outlets);
  open_->begin(names_);
}

void BatchWriter::append(const record::LogRecord& record, const std::vector<filter::Route>& routes, PacketTime now) {
  if (open_->empty()) opened_at_ = now;
  open_->append(record, routes[0].filter, routes[0].sinks);
  for (std::size_t i = 1; i < routes.size(); ++i) open_->append_again(routes[i].filter, routes[i].sinks);
  if (open_->full()) [[unlikely]]
    publish();
}

void BatchWriter::publish_if_old(PacketTime now) {
  if (!open_->empty() && now - opened_at_ >= linger_) publish();
}

void BatchWriter::publish() {
  if (open_->empty()) return;
  if (open_->memory_bytes() < kSmallBatch) {
    hand_over(std::shared_ptr<const record::RecordBatch>(open_->compact_copy()));
  } else {
    hand_over(pool_.share(std::exchange(open_, pool_.acquire())));
  }
  open_->begin(names_);
}

void BatchWriter::hand_over(const std::shared_ptr<const record::RecordBatch>& batch) {
  for (const Outlet& outlet : outlets_) {
    if ((batch->sinks() & record::SinkSet{1} << outlet.sink) == 0) continue;
    const queue::Weight weight = weigh(*batch, outlet.sink);
    if (overload_ == Overload::drop) {
      outlet.queue->offer(batch, weight);
    } else {
      outlet.queue->offer_waiting(batch, weight, [this] { return abandon_.load(std::memory_order_relaxed); });
    }
  }
}

}  // namespace logsniffd::pipeline
