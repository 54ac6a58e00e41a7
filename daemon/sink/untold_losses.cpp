#include "daemon/sink/untold_losses.hpp"

#include <algorithm>

#include "daemon/sink/loss_notice.hpp"

namespace logsniffd::sink {
namespace {

// "no_space" -> "no space"
std::string in_words(std::size_t reason) {
  std::string words(kDropReasonNames[reason]);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

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
bool is_told_in_place(DropReason reason) {
  return reason == DropReason::spool_full || reason == DropReason::spool_error;
}

}  // namespace

DroppedSums dropped_sums(const SinkCounters& counters) {
  DroppedSums sums;
  std::transform(counters.dropped.begin(), counters.dropped.end(), sums.begin(),
                 [](const Counter& counter) { return counter.get(); });
  return sums;
}

void UntoldLosses::add(DropReason reason, const queue::Loss& loss, std::string_view filter) {
  if (loss.records == 0) return;
  Untold& untold = untold_[static_cast<std::size_t>(reason)];
  if (untold.loss.records == 0) {
    untold = {loss, std::string(filter)};
    return;
  }
  if (untold.filter != filter) untold.filter.clear();
  untold.loss.records += loss.records;
  untold.loss.first = std::min(untold.loss.first, loss.first);
  untold.loss.last = std::max(untold.loss.last, loss.last);
}

void UntoldLosses::add(const DroppedSums& before, const SinkCounters& now, const record::RecordBatch& batch,
                       unsigned index) {
  const DroppedSums sums = dropped_sums(now);
  if (sums == before) return;
  Span span = span_of(batch, index);
  for (std::size_t reason = 0; reason < sums.size(); ++reason) {
    span.loss.records = sums[reason] - before[reason];
    const auto why = static_cast<DropReason>(reason);
    if (!is_told_in_place(why)) add(why, span.loss, span.filter);
  }
}

void UntoldLosses::tell(Sink& sink, Interrupt& interrupt) {
  for (std::size_t reason = 0; reason < untold_.size(); ++reason) {
    Untold& untold = untold_[reason];
    if (untold.loss.records == 0) continue;
    const std::string text = loss_notice(untold.loss, in_words(reason), untold.filter);
    if (!sink.write_notice(text, untold.loss.last, interrupt)) return;
    untold = {};
  }
}

}  // namespace logsniffd::sink
