#include "daemon/sink/unreported_losses.hpp"

#include <algorithm>

#include "daemon/sink/loss_notice.hpp"

namespace logsniffd::sink {
namespace {

struct Span {
  queue::Loss loss;         // without the number of records
  std::string_view filter;  // empty: several
};

// Covers the records for sink number `index`.
Span span_of(const record::RecordBatch& batch, unsigned index) {
  Span span;
  bool first = true;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const record::RecordHeader& header = batch.header(i);
    if ((header.sinks >> index & 1) == 0) continue;
    if (first) span = {{0, header.captured_at, {}}, batch.filter_name(i)};
    if (batch.filter_name(i) != span.filter) span.filter = {};
    span.loss.last = header.captured_at;
    first = false;
  }
  return span;
}

// A spool reports these where the records would have stood.
bool is_reported_in_place(DropReason reason) {
  return reason == DropReason::spool_full || reason == DropReason::spool_error;
}

}  // namespace

DroppedSums dropped_sums(const SinkCounters& counters) {
  DroppedSums sums;
  std::transform(counters.dropped.begin(), counters.dropped.end(), sums.begin(),
                 [](const Counter& counter) { return counter.get(); });
  return sums;
}

void UnreportedLosses::add(DropReason reason, const queue::Loss& loss, std::string_view filter) {
  if (loss.records == 0) return;
  Unreported& unreported = unreported_[static_cast<std::size_t>(reason)];
  if (unreported.loss.records == 0) {
    unreported = {loss, std::string(filter)};
    return;
  }
  if (unreported.filter != filter) unreported.filter.clear();
  unreported.loss.records += loss.records;
  unreported.loss.first = std::min(unreported.loss.first, loss.first);
  unreported.loss.last = std::max(unreported.loss.last, loss.last);
}

void UnreportedLosses::add(const DroppedSums& before, const SinkCounters& now, const record::RecordBatch& batch,
                           unsigned index) {
  const DroppedSums sums = dropped_sums(now);
  if (sums == before) return;
  Span span = span_of(batch, index);
  for (std::size_t reason = 0; reason < sums.size(); ++reason) {
    span.loss.records = sums[reason] - before[reason];
    const auto why = static_cast<DropReason>(reason);
    if (!is_reported_in_place(why)) add(why, span.loss, span.filter);
  }
}

void UnreportedLosses::report(Sink& sink, Interrupt& interrupt) {
  for (std::size_t reason = 0; reason < unreported_.size(); ++reason) {
    Unreported& unreported = unreported_[reason];
    if (unreported.loss.records == 0) continue;
    const std::string text = loss_notice(unreported.loss, in_words(static_cast<DropReason>(reason)), unreported.filter);
    if (!sink.deliver_notice(text, unreported.loss.last, interrupt)) return;
    unreported = {};
  }
}

}  // namespace logsniffd::sink
