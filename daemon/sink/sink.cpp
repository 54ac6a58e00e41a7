#include "daemon/sink/sink.hpp"

#include <algorithm>

#include "daemon/sink/undelivered.hpp"

namespace logsniffd::sink {
namespace {

// A sink that was told to stop gives up; its target has refused nothing.
constexpr bool is_refusal(DropReason reason) { return is_retryable(reason) && reason != DropReason::shutdown; }

}  // namespace

std::string in_words(DropReason reason) {
  std::string words(kDropReasonNames[static_cast<std::size_t>(reason)]);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

void Sink::leave_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled, DropReason reason) {
  if (undelivered_ != nullptr && is_retryable(reason)) {
    undelivered_->reason = reason;
    undelivered_->add_rest(batch, index, settled);
  } else if (losses_ != nullptr && losses_->watches()) {
    Undelivered rest;
    rest.add_rest(batch, index, settled);
    lose(batch, rest.records, reason);
  } else {
    counters_.dropped_for(reason).add(batch.count_for(index) - settled);
  }
}

void Sink::show_losses(LossObserver& observer, std::string_view name) {
  losses_ = &observer;
  name_ = name;
}

void Sink::lose(const record::RecordBatch& batch, std::span<const std::uint32_t> records, DropReason reason) {
  counters_.dropped_for(reason).add(records.size());
  if (losses_ != nullptr && !records.empty() && losses_->watches()) losses_->on_loss({name_, batch, records, reason});
}

Status Sink::open_target() {
  Status opened = open();
  if (!opened && observer_ != nullptr) observer_->on_trouble(opened.error().message());
  return opened;
}

void Sink::start_target(Interrupt& interrupt) {
  start(interrupt);
  if (observer_ != nullptr && !error_.empty() && !interrupt.raised()) observer_->on_trouble(error_);
}

void Sink::reopen_target() {
  reopen();
  if (observer_ != nullptr && !error_.empty()) observer_->on_trouble(error_);
}

void Sink::deliver(const record::RecordBatch& batch, unsigned index, Interrupt& interrupt) {
  if (observer_ == nullptr) return write(batch, index, interrupt);
  const std::uint64_t written = counters().written.get();
  std::array<std::uint64_t, kDropReasonNames.size()> dropped{};
  for (std::size_t i = 0; i < dropped.size(); ++i) dropped[i] = counters().dropped[i].get();
  const std::size_t left = undelivered_ == nullptr ? 0 : undelivered_->records.size();
  write(batch, index, interrupt);
  Delivery delivery;
  delivery.written = counters().written.get() - written;
  const auto refused = [&delivery](DropReason reason, std::uint64_t records) {
    if (records == 0 || !is_refusal(reason)) return;
    delivery.refused += records;
    delivery.reason = reason;
  };
  for (std::size_t i = 0; i < dropped.size(); ++i) {
    refused(static_cast<DropReason>(i), counters().dropped[i].get() - dropped[i]);
  }
  if (undelivered_ != nullptr) refused(undelivered_->reason, undelivered_->records.size() - left);
  delivery.error = error_;
  observer_->on_delivery(batch, index, delivery);
}

bool Sink::deliver_notice(std::string_view text, PacketTime when, Interrupt& interrupt) {
  const bool written = write_notice(text, when, interrupt);
  if (!written && observer_ != nullptr && !interrupt.raised()) observer_->on_trouble(error_);
  return written;
}

}  // namespace logsniffd::sink
