#include "tests/bench/tcp_load/wire.hpp"

#include <algorithm>
#include <utility>

#include "tests/bench/tcp_load/usage.hpp"

namespace logsniffd::bench {
namespace {

// Runs `work`, adds its cost to the tally, and returns its nanoseconds.
template <class Work>
std::uint64_t measure(Tally& tally, Work work) {
  const std::uint64_t allocated = allocations();
  const std::uint64_t start = processor_ns();
  work();
  const std::uint64_t taken = processor_ns() - start;
  tally.processor_ns += taken;
  tally.allocations += allocations() - allocated;
  return taken;
}

}  // namespace

Wire::Wire(Target& target, Duration apart) : target_(target), apart_(apart) { batch_.reserve(kBatch); }

void Wire::send(const tcp::SegmentView& segment) {
  now_ += apart_;
  batch_.push_back({segment, now_});
  payload_bytes_ += segment.payload.size();
  if (batch_.size() == kBatch) flush();
}

void Wire::silence(Duration length) {
  flush();
  now_ += length;
  const std::uint64_t taken = measure(tally_, [this] { target_.silence(now_); });
  tally_.slowest_silence_ns = std::max(tally_.slowest_silence_ns, taken);
}

void Wire::opened() {
  flush();
  opening_ = std::exchange(tally_, {});
}

void Wire::flush() {
  if (batch_.empty()) return;
  target_.prepare(batch_);
  const std::uint64_t taken = measure(tally_, [this] { target_.process(batch_); });
  tally_.slowest_batch_ns = std::max(tally_.slowest_batch_ns, taken);
  tally_.packets += batch_.size();
  batch_.clear();
}

}  // namespace logsniffd::bench
